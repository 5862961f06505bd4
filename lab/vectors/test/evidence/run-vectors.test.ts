import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { VectorFormat } from '../../src/evidence/format/format.ts'
import { runVectors } from '../../src/evidence/run-vectors.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'vectors-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

class Refusal extends Error {
  readonly code = 'EXAMPLE_BAD'
}

/** A format whose verifier does as the evidence says. */
const example: VectorFormat = {
  async verify({ input }) {
    if (input['does'] === 'refuse') throw new Refusal('bad')
    if (input['does'] === 'crash') throw new RangeError('out of range')
    return input['claims'] as Record<string, unknown>
  },
  rejectCode: (error) => (error instanceof Refusal ? error.code : undefined),
  atLeast: ['schemes'],
}

const vector = (does: string, expect: object, claims: object = {}) => ({
  id: `example/${does}`,
  format: 'example',
  trust: { anchors: null },
  input: { does, claims },
  context: {},
  expect,
})
const accept = (claims: object = {}) => ({ verdict: 'accept', claims })
const reject = { verdict: 'reject', why: 'it is bad' }

let runs = 0
async function run(
  files: Record<string, unknown>,
): Promise<{ lines: string[]; passed: number; failed: number }> {
  const root = path.join(folder, `${runs++}`)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  mkdirSync(root, { recursive: true })
  const lines: string[] = []
  const summary = await runVectors(root, new Map([['example', example]]), (line) => lines.push(line))
  return { lines, ...summary }
}
const runOne = (one: object) => run({ 'a.json': { vectors: [one] } })

describe('runVectors', () => {
  it('passes the verdicts that are expected, in every folder', async () => {
    const { lines, passed, failed } = await run({
      'a.json': { vectors: [vector('accept', accept()), vector('refuse', reject)] },
      'b/c/d.json': { vectors: [vector('refuse', reject)] },
    })
    expect([passed, failed]).toEqual([3, 0])
    expect(lines).toEqual(['reject codes:', '     2  EXAMPLE_BAD', '3 passed, 0 failed'])
  })

  it('fails other verdicts, and says which', async () => {
    expect((await runOne(vector('refuse', accept()))).lines).toEqual([
      'FAILED example/refuse: rejected (EXAMPLE_BAD), to be accepted',
      'reject codes:',
      '     1  EXAMPLE_BAD',
      '0 passed, 1 failed',
    ])
    expect((await runOne(vector('accept', reject))).lines).toEqual([
      'FAILED example/accept: accepted, to be rejected: it is bad',
      '0 passed, 1 failed',
    ])
  })

  it('fails a crash, whatever the verdict', async () => {
    for (const expected of [accept(), reject]) {
      expect((await runOne(vector('crash', expected))).lines[0]).toBe(
        'FAILED example/crash: crashed: RangeError: out of range',
      )
    }
  })

  it('compares the expected claims: lists as sets, some of them as the least', async () => {
    const passes = async (expected: object, actual: object) =>
      (await runOne(vector('accept', accept(expected), actual))).failed === 0
    expect(await passes({ a: 1 }, { a: 1, b: 2 })).toBe(true)
    expect(await passes({ a: 1 }, { a: '1' })).toBe(false)
    expect(await passes({ a: null }, {})).toBe(false)
    expect(await passes({ list: [1, 2, 2] }, { list: [2, 1] })).toBe(true)
    expect(await passes({ list: [1] }, { list: [1, 2] })).toBe(false)
    expect(await passes({ list: [1, 2] }, { list: [1] })).toBe(false)
    expect(await passes({ list: [{ x: 1 }, { x: 2 }] }, { list: [{ x: 2 }, { x: 1, y: 0 }] })).toBe(false)
    expect(await passes({ list: [{ x: 1 }, { x: 2 }] }, { list: [{ x: 2 }, { x: 1 }] })).toBe(true)
    expect(await passes({ schemes: ['v2'] }, { schemes: ['v1', 'v2'] })).toBe(true)
    expect(await passes({ schemes: ['v2'] }, { schemes: ['v1'] })).toBe(false)
    expect((await runOne(vector('accept', accept({ a: 1 }), { a: 2 }))).lines[0]).toBe(
      'FAILED example/accept: a 2, to be 1',
    )
  })

  it('names and ignores JSON without vectors', async () => {
    const { lines, passed, failed } = await run({ 'a.json': { other: 1 }, 'b.json': [], 'c.txt': 'text' })
    expect([passed, failed]).toEqual([0, 0])
    expect(lines.map((line) => line.replace(/ .*\//, ' '))).toEqual([
      'ignored a.json: holds no vectors',
      'ignored b.json: holds no vectors',
      '0 passed, 0 failed',
    ])
  })

  it('counts vectors of unknown formats, of no form, and unreadable files as failed', async () => {
    const unknown = { ...vector('accept', accept()), format: 'unheard-of' }
    const { lines, failed } = await run({
      'a.json': { vectors: [unknown, unknown, { id: 'x' }, 7] },
      'b.json': 'not JSON',
    })
    expect(failed).toBe(5)
    expect(lines).toContain('FAILED 2 of the unknown format unheard-of: this runner cannot judge them')
    expect(lines.filter((line) => line.endsWith('is not a vector'))).toHaveLength(2)
    expect(lines.filter((line) => line.endsWith('is not JSON'))).toHaveLength(1)
  })
})
