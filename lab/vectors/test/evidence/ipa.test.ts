import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { formats } from '../../src/evidence/formats.ts'
import { runVectors } from '../../src/evidence/run-vectors.ts'

const vectors = path.resolve(import.meta.dirname, '../../../../../shared/vectors/ipa-macho')

it('all vectors of IPA and Mach-O files pass', async () => {
  if (!existsSync(vectors)) {
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect.fail('the vectors are missing')
    console.log('not run: the IPA and Mach-O vectors are not beside this checkout')
    return
  }
  const lines: string[] = []
  const { passed, failed } = await runVectors(vectors, formats, (line) => lines.push(line))
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([])
  expect(failed).toBe(0)
  expect(passed).toBeGreaterThanOrEqual(5)
})

it.each(['ipa', 'macho'])(
  'a vector of %s that names no file is at fault, and not the evidence',
  async (name) => {
    const format = formats.get(name)!
    const vector = {
      id: '',
      format: name,
      verifyAt: '',
      trust: { anchors: null },
      input: {},
      context: {},
      expect: { verdict: 'reject' },
    } as const
    const fault: unknown = await format.verify(vector, '.').catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(TypeError)
    expect(format.rejectCode(fault)).toBeUndefined()
  },
)
