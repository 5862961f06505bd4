import { beforeAll, describe, expect, it } from 'vitest'
import { buildAndroid, missingTool } from '../src/android/tools.ts'
import { attackAndroid, playAndroid, type Played } from '../src/run-scenarios.ts'

const missing = missingTool()
const minutes = 60_000

if (missing !== undefined) {
  it('the Android SDK', () => {
    console.log(`not run: Android SDK: ${missing}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}

describe.skipIf(missing !== undefined)('the Android SDK', () => {
  beforeAll(async () => {
    const { passed, failed, log } = await buildAndroid()
    if (failed > 0) throw new Error(log)
    // So that modules which are left out by mistake are missed.
    expect(passed).toBeGreaterThan(900)
  }, 20 * minutes)

  it(
    'lives through every scenario against the service and the guard',
    async () => {
      const played = await playAndroid()
      expect(played.length).toBeGreaterThanOrEqual(19)
      expect(played.filter(({ fault }: Played) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )

  it(
    'refuses every attack in which it takes part, and its twins are served',
    async () => {
      const attacked = await attackAndroid()
      expect(attacked.length).toBeGreaterThanOrEqual(31)
      expect(attacked.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )
})
