import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkRunner, deviationsOf } from '../../src/wire/driver/check-runner.ts'
import { pythonFamilies, pythonReader } from '../../src/wire/driver/own-runners.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) {
  console.log('not run: the reader of vectors in Python (python3 is missing)')
  if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error('python3 is missing')
}

describe.runIf(hasPython)('the reader in Python', () => {
  it('answers the vectors from what the documents say', async () => {
    const outcome = await checkRunner(pythonReader, pythonFamilies)
    expect(deviationsOf(outcome)).toEqual([])
    expect(outcome.skipped).toBe(0)
    expect(outcome.passed).toBeGreaterThan(500)
  })

  it('is short and uses the standard library only', () => {
    const text = readFileSync(pythonReader.args?.[0] as string, 'utf8')
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(200)
    expect(text.match(/^(import|from) .*/gm)).toEqual(['import base64, hashlib, hmac, json, re, sys'])
  })
})
