import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingTool } from '../src/android/tools.ts'
import { inReactNative } from '../src/react-native/scenarios.ts'
import { buildReactNative, type ReactNativeTools } from '../src/react-native/tools.ts'
import { playScenarios } from '../src/run-scenarios.ts'

const missing = missingTool()
const minutes = 60_000

if (missing !== undefined) {
  it('the React Native SDK', () => {
    console.log(`not run: React Native SDK: ${missing}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}

// `npm run conformance` plays the other scenarios and the shared vectors through the bridge.
describe.skipIf(missing !== undefined)('the React Native SDK', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-rn-'))
  let tools: ReactNativeTools

  beforeAll(async () => {
    const built = await buildReactNative()
    if ('missing' in built) throw new Error(built.missing)
    tools = built
  }, 20 * minutes)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(['ofVm', 'newest'] as const)('its bundle compiles: %s', (which) => {
    const target = path.join(folder, which)
    const { status, stderr } = spawnSync(
      tools.compilers[which],
      ['-w', '-emit-binary', '-O', '-out', target, tools.bundle],
      { encoding: 'utf8' },
    )
    expect(status, stderr.slice(0, 500)).toBe(0)
    expect(statSync(target).size).toBeLessThan(200_000)
  })

  it(
    'lives through what JavaScript adds, in Hermes over the native part on a JVM',
    async () => {
      const played = await playScenarios(tools.program, inReactNative)
      expect(played.length).toBeGreaterThanOrEqual(6)
      expect(played.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )
})
