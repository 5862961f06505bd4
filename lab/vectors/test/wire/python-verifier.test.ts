import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkRunner, deviationsOf } from '../../src/wire/driver/check-runner.ts'
import { pythonVerifier } from '../../src/wire/driver/own-runners.ts'

const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0
if (!hasPython) {
  console.log('not run: the verifier in Python (python3 or python3-cryptography is missing)')
  if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error('python3-cryptography is missing')
}

describe.runIf(hasPython)('the verifier in Python', () => {
  it('decides about tokens and proofs as docs/verifiers.md says', async () => {
    const outcome = await checkRunner(pythonVerifier, ['requests'])
    expect(deviationsOf(outcome)).toEqual([])
    const skipped = outcome.cases.filter(({ judgement }) => judgement === 'skipped')
    const lacking = new Set(skipped.map(({ wanted }) => wanted.needs))
    expect([...lacking].sort()).toEqual(['deny-list', 'fetched-keys', 'memory-store', 'ports', 'status-list'])
    expect(outcome.passed).toBeGreaterThan(650)
  })

  it('is short', () => {
    const text = readFileSync(pythonVerifier.args?.[0] as string, 'utf8')
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(250)
  })
})
