import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pythonReader } from '../../src/wire/driver/own-runners.ts'
import { arbitraries } from '../../src/wire/fuzz/arbitraries.ts'
import { fuzz } from '../../src/wire/fuzz/fuzz.ts'
import { answerQuestion } from '../../src/wire/runner/answer-question.ts'
import fc from 'fast-check'

const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The reader with a fault planted in it. */
function faulty(from: string, to: string) {
  const text = readFileSync(pythonReader.args?.[0] as string, 'utf8')
  expect(text).toContain(from)
  const file = path.join(folder, 'faulty.py')
  writeFileSync(file, text.replace(from, to))
  return { command: 'python3', args: [file] }
}

describe.runIf(spawnSync('python3', ['--version']).status === 0)('fuzz', () => {
  const options = { runs: 40, seed: 1, families: ['encodings', 'plans', 'folds'] }
  const against = (from: string, to: string) =>
    fuzz(
      [
        { name: 'reader', runner: pythonReader },
        { name: 'faulty', runner: faulty(from, to) },
      ],
      options,
    )

  it('finds no difference between a runner and itself, among cases to accept and to refuse', async () => {
    const { compared, accepted, refused, differences } = await against('# Plans', '# The plans')
    expect(compared).toBe(120)
    expect(differences).toEqual([])
    expect(Math.min(accepted, refused)).toBeGreaterThan(10)
  })

  it.each([
    ['where a read starts', 'chain[2:8]', 'chain[1:7]', 'folds'],
    ['how long a piece may be', 'length <= 4096', 'length <= 4097', 'plans'],
    ['what base64url is', 'must(b64(data) == text, code)', 'must(True, code)', 'encodings'],
  ])('finds a fault in %s', async (_name, from, to, family) => {
    const { differences } = await fuzz(
      [
        { name: 'reader', runner: pythonReader },
        { name: 'faulty', runner: faulty(from, to) },
      ],
      { ...options, runs: 400, families: [family] },
    )
    expect(differences.map(({ question }) => question.family)).toContain(family)
  })
})

describe.each(Object.keys(arbitraries))('random inputs of %s', (family) => {
  it('are ones that the TypeScript SDK answers or refuses by a code', async () => {
    const { input, needs } = arbitraries[family] as (typeof arbitraries)[string]
    for (const [i, one] of fc.sample(input, { numRuns: 30 }).entries()) {
      const answer = await answerQuestion({ id: `${i}`, family, ...(needs ? { needs } : {}), input: one })
      expect(answer.error ?? '').toMatch(/^([a-z_]+|[A-Z_0-9]+|!invalid)?$/)
    }
  })
})
