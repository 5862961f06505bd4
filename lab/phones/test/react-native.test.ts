import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { attackHermes, hermesAttacks, kotlinAttacks } from '@assay/attacks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingTool } from '../src/android/tools.ts'
import { addedByJavaScript, playInReactNative } from '../src/react-native/play.ts'
import {
  buildReactNative,
  packageFolder,
  updateId,
  writeSpec,
  type ReactNativeTools,
} from '../src/react-native/tools.ts'

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
    // With React, a renderer and the example's screens.
    expect(statSync(target).size).toBeLessThan(500_000)
  })

  it.each(['ofVm', 'newest'] as const)(
    'Metro writes its build into it, where it can be found in bytecode: %s',
    (which) => {
      const target = path.join(folder, `${which}.hbc`)
      spawnSync(tools.compilers[which], ['-w', '-emit-binary', '-O', '-out', target, tools.update])
      const { buildIn } = createRequire(import.meta.url)(path.join(packageFolder, 'metro/build-id.cjs')) as {
        buildIn(bundle: Buffer): string | undefined
      }
      expect(buildIn(readFileSync(target))).toBe(updateId)
      expect(buildIn(readFileSync(tools.bundle))).toBeUndefined()
    },
  )

  it('its module for iOS implements what codegen asks for, and one that does not is refused', async () => {
    const clang = '/usr/libexec/swift/bin/clang'
    if (!existsSync(clang)) {
      console.log('not run: React Native SDK: its Objective-C++: clang of swiftlang is missing')
      expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
      return
    }
    const ios = path.join(packageFolder, 'ios')
    const spec = await writeSpec(tools.folder)
    const check = (text: string) => {
      const file = path.join(folder, 'RCTAssay.mm')
      writeFileSync(file, text)
      const flags = '-x objective-c++ -std=c++20 -fsyntax-only -fobjc-arc -fblocks -fobjc-runtime=macosx-12.0'
      const folders = [ios, path.join(ios, 'Stubs'), spec].map((each) => `-I${each}`)
      const strict = ['-Werror=protocol', '-Wno-nullability-completeness']
      return spawnSync(clang, [...flags.split(' '), ...strict, ...folders, file], { encoding: 'utf8' })
    }
    const module = readFileSync(path.join(ios, 'RCTAssay.mm'), 'utf8')
    expect(check(module)).toMatchObject({ status: 0, stderr: '' })
    expect(check(module.replace('- (void)wake:', '- (void)awake:')).stderr).toContain("'wake:'")
  })

  it(
    'lives through what JavaScript adds, in Hermes over the native part on a JVM',
    async () => {
      const played = await playInReactNative(tools, addedByJavaScript(tools))
      expect(played.length).toBeGreaterThanOrEqual(6)
      expect(played.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )

  it(
    'attacks that JavaScript adds come out as it is told',
    async () => {
      const native = new Set(kotlinAttacks.map(({ id }) => id))
      const added = hermesAttacks.filter(({ id }) => !native.has(id))
      const attacked = await attackHermes(
        tools,
        added.map(({ id }) => id),
      )
      expect(attacked).toEqual(added.map(({ id, expected }) => ({ id, code: expected })))
      expect(added.length).toBe(3)
    },
    10 * minutes,
  )
})
