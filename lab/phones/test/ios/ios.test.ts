import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { attackSwift } from '@assay/attacks'
import { describe, expect, it } from 'vitest'
import { playIos } from '../../src/run-situations.ts'
import { realFramework } from '../../src/ios/real-framework.ts'
import { buildSwift } from '../../src/ios/toolchain.ts'

const built = await buildSwift(['assay-phone'])
const minutes = 60_000

if ('missing' in built) {
  it('the iOS SDK', () => {
    console.log(`not run: iOS SDK: ${built.missing}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}

describe.skipIf('missing' in built)('the iOS SDK', () => {
  it(
    'passes its own tests, among them those over a real framework for devices',
    async () => {
      const cwd = path.resolve(import.meta.dirname, '../../../..')
      const env = { ...process.env, ASSAY_TEST_FRAMEWORK: await realFramework() }
      const { stdout } = await promisify(execFile)('swift', ['test', '-j', '2'], {
        cwd,
        env,
        maxBuffer: 1 << 26,
      })
      const [, passed] = /Test run with (\d+) tests passed/.exec(stdout) ?? []
      // So that a suite that is left out by mistake is missed.
      expect(Number(passed)).toBeGreaterThanOrEqual(49)
      expect(stdout).not.toMatch(/skipped/)
    },
    10 * minutes,
  )

  it(
    'lives through every situation against the service and the guard',
    async () => {
      const played = 'program' in built ? await playIos(built.program('assay-phone')) : []
      expect(played.length).toBeGreaterThanOrEqual(30)
      expect(played.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )

  it(
    'refuses every attack in which it takes part, and its twins are served',
    async () => {
      const attacked = 'program' in built ? await attackSwift(built.program('assay-phone')) : []
      expect(attacked.length).toBeGreaterThanOrEqual(47)
      expect(attacked.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )
})
