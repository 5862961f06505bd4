import { createWebCrypto, type GuardCrypto } from '@assay/guard'
import type { RequestCase } from '../form/request-case.ts'
import { asRecord, asRequest, runCase } from './run-case.ts'

/** Runs inside each runtime, so it uses nothing of Node. */

export interface CheckedCase {
  readonly name: string
  readonly fault?: string | undefined
  /** Why it was not run. */
  readonly skipped?: string | undefined
}

/** Each case twice: fields as a record, and as a `Request` of the runtime where that can carry it. */
export async function checkCases(
  cases: readonly RequestCase[],
  crypto: GuardCrypto = createWebCrypto(),
): Promise<CheckedCase[]> {
  const results: CheckedCase[] = []
  for (const { id, input, output } of cases) {
    const forms = [
      { name: id, requestOf: asRecord },
      { name: `${id}, in a Request`, requestOf: asRequest },
    ]
    for (const { name, requestOf } of forms) {
      try {
        const decisions = await runCase(input, { crypto, requestOf })
        if (decisions !== undefined) results.push({ name, fault: differenceOf(decisions, output) })
      } catch (error) {
        results.push({ name, fault: String(error) })
      }
    }
  }
  return results
}

/** What was decided in the place of what; `undefined` if both are the same. */
export function differenceOf(decided: unknown, expected: unknown): string | undefined {
  const [seen, wanted] = [decided, expected].map((value) => JSON.stringify(sorted(value)))
  return seen === wanted ? undefined : `${seen} in the place of ${wanted}`
}

/** The order of members does not count. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
