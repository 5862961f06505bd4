import { differingClaims } from './claims.ts'
import type { VectorFormat } from './format/format.ts'
import type { Vector } from './format/vector.ts'

/** What became of one vector. */
export type Outcome =
  { passed: true; rejectCode?: string } | { passed: false; rejectCode?: string; deviation: string }

/**
 * Runs one vector. A rejection for another reason than the vector's passes; an error that is not the verifier's own
 * never does, whatever was expected.
 */
export async function judge(vector: Vector, format: VectorFormat, folder: string): Promise<Outcome> {
  let claims: Readonly<Record<string, unknown>>
  try {
    claims = await format.verify(vector, folder)
  } catch (error) {
    const rejectCode = format.rejectCode(error)
    if (rejectCode === undefined) return { passed: false, deviation: `crashed: ${describe(error)}` }
    if (vector.expect.verdict === 'reject') return { passed: true, rejectCode }
    return { passed: false, rejectCode, deviation: `rejected (${rejectCode}), to be accepted` }
  }
  if (vector.expect.verdict === 'reject') {
    const why = vector.expect.why === undefined ? '' : `: ${vector.expect.why}`
    return { passed: false, deviation: `accepted, to be rejected${why}` }
  }
  const expected = vector.expect.claims ?? {}
  const differing = differingClaims(expected, claims, format.atLeast)
  if (differing.length === 0) return { passed: true }
  const details = differing.map(
    (name) => `${name} ${JSON.stringify(claims[name])}, to be ${JSON.stringify(expected[name])}`,
  )
  return { passed: false, deviation: details.join('; ') }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
