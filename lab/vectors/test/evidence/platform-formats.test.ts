import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { formats } from '../../src/evidence/formats.ts'
import { runVectors } from '../../src/evidence/run-vectors.ts'

const folder = path.resolve(import.meta.dirname, '../../../../../shared/vectors')

it.each([
  ['apple-app-attest', /^ +(\d+) {2}APP_ATTEST_\w+$/, 180],
  ['play-integrity', /^ +(\d+) {2}PLAY_INTEGRITY_\w+$/, 50],
])('all vectors of %s pass, and no code is a catch-all', async (name, histogram, least) => {
  const vectors = path.join(folder, name)
  if (!existsSync(vectors)) {
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect.fail('the vectors are missing')
    console.log(`not run: the vectors of ${name} are not beside this checkout`)
    return
  }
  const lines: string[] = []
  const { passed, failed } = await runVectors(vectors, formats, (line) => lines.push(line))
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([])
  expect(failed).toBe(0)
  expect(passed).toBeGreaterThan(least)
  const counts = lines.flatMap((line) => histogram.exec(line)?.slice(1).map(Number) ?? [])
  expect(counts.length).toBeGreaterThan(15)
  expect(Math.max(...counts)).toBeLessThanOrEqual(counts.reduce((sum, count) => sum + count, 0) / 5)
})

describe('a vector that lacks what its format needs is at fault, and not the evidence', () => {
  const vector = {
    id: '',
    verifyAt: '2026-11-25T00:00:00Z',
    trust: { anchors: null },
    expect: { verdict: 'reject' },
    input: {},
    context: {},
  } as const
  it.each(['apple-app-attest-attestation', 'apple-app-attest-assertion', 'play-integrity'])(
    '%s',
    async (name) => {
      const format = formats.get(name)!
      const fault: unknown = await format
        .verify({ ...vector, format: name }, '.')
        .catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(TypeError)
      expect(format.rejectCode(fault)).toBeUndefined()
    },
  )
})
