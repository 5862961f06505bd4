import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readInputs, replaceInputs } from '../../../src/fuzz/inputs/corpus.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'assay-corpus-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = path.join(folder, 'below', 'target.jsonl')

const inputs = [
  '',
  '{"a":1}\n',
  'a\u2028b\u0000c\r\n\td',
  '\uFEFFwith a mark',
  'é'.normalize('NFD'),
  Buffer.of(0x80),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.alloc(3),
].map((input) => Buffer.from(input as string))

describe('a corpus', () => {
  it('gives back the same bytes, whatever they are, one line each', () => {
    replaceInputs(file, inputs)
    const sorted = (of: readonly Uint8Array[]) => of.map((each) => Buffer.from(each).toString('hex')).sort()
    expect(sorted(readInputs(file))).toEqual(sorted(inputs))
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(inputs.length + 1)
  })

  it('is the same file whatever the order of its inputs, and holds no others', () => {
    replaceInputs(file, [...inputs, Buffer.from('gone')])
    replaceInputs(file, inputs)
    const before = readFileSync(file, 'utf8')
    replaceInputs(file, [...inputs].reverse())
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(before).not.toContain('gone')
  })

  it('that is not there is empty', () => {
    expect(readInputs(path.join(folder, 'nowhere.jsonl'))).toEqual([])
  })
})
