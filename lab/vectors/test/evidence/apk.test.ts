import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { formats } from '../../src/evidence/formats.ts'
import { runVectors } from '../../src/evidence/run-vectors.ts'

const vectors = path.resolve(import.meta.dirname, '../../../../../shared/vectors/apk')
const present = existsSync(vectors)

describe('apk vectors', () => {
  it('all pass', async () => {
    if (!present) {
      if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect.fail('the vectors are missing')
      console.log('not run: the APK vectors are not beside this checkout')
      return
    }
    const lines: string[] = []
    const { passed, failed } = await runVectors(vectors, formats, (line) => lines.push(line))
    expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([])
    expect(failed).toBe(0)
    expect(passed).toBeGreaterThan(100)
  })

  it('asks for a file and a number', async () => {
    const apk = formats.get('apk')!
    const vector = {
      id: '',
      format: 'apk',
      verifyAt: '',
      trust: { anchors: null },
      expect: { verdict: 'reject' },
    } as const
    await expect(apk.verify({ ...vector, input: {}, context: {} }, '.')).rejects.toThrow(TypeError)
    const strange = { ...vector, input: { file: 'a.apk' }, context: { minSdk: '24' } }
    await expect(apk.verify(strange, '.')).rejects.toThrow(TypeError)
  })
})
