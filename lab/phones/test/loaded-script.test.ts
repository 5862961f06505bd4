import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { publishedFiles, reactNativeVersions } from '../src/react-native/declarations.ts'

/**
 * Where the native part learns which script was loaded, read in what others publish: no phone has run it. Each line is a file, and what has to
 * stand in it, blanks apart.
 */
const updates = [
  [
    'android/src/main/java/expo/modules/updates/UpdatesPackage.kt',
    /fun getJSBundleFile\(.*\): String\? \{ return if \(UpdatesController\.instance\.isActiveController\) UpdatesController\.instance\.launchAssetFile/,
  ],
  [
    'ios/EXUpdates/ReactDelegateHandler/ExpoUpdatesReactDelegateHandler.swift',
    /func bundleURL\(reactDelegate: ExpoReactDelegate\) -> URL\? \{ AppController\.sharedInstance\.launchAssetUrl\(\)/,
  ],
] as const

const host = 'ReactAndroid/src/main/java/com/facebook/react/runtime'
const onAndroid = [`${host}/ReactInstance.*`, `${host}/BridgelessReactContext.*`]
const onIos = [
  'React/Base/RCTBridgeModule.h',
  'React/CoreModules/RCTSourceCode.mm',
  'React/Base/RCTBundleManager.h',
]

async function textOf(spec: string, patterns: readonly string[], file: string): Promise<string | undefined> {
  let folder: string
  try {
    folder = (await publishedFiles([spec], patterns))[0] as string
  } catch (error) {
    console.log(`not run: the script that was loaded: ${spec}: ${String(error).slice(0, 200)}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
    return undefined
  }
  const candidates = [file, file.replace(/\.kt$/, '.java')]
  for (const each of candidates) {
    try {
      return readFileSync(path.join(folder, each), 'utf8').replace(/\s+/g, ' ')
    } catch {
      // From Java in one release, from Kotlin in another.
    }
  }
  throw new Error(`${spec} has no ${file}`)
}

describe('the script that was loaded', () => {
  it.each(updates)('expo-updates gives it to React Native: %s', async (file, wanted) => {
    const text = await textOf(
      'expo-updates@57.0.24',
      updates.map(([name]) => name),
      file,
    )
    if (text !== undefined) expect(text).toMatch(wanted)
  })

  it.each([reactNativeVersions[0], '0.82.1', '0.88.1'])('React Native %s writes it down', async (version) => {
    const spec = `react-native@${version}`
    const context = await textOf(spec, [...onAndroid, ...onIos], `${host}/BridgelessReactContext.kt`)
    if (context === undefined) return
    expect(context).toMatch(/getSourceURL\(\)/)
    const instance = (await textOf(spec, [...onAndroid, ...onIos], `${host}/ReactInstance.kt`)) ?? ''
    expect(instance).toMatch(
      /loadScriptFromFile\( ?(final )?(String )?fileName.{0,120}(sourceURL = sourceURL|setSourceURL\(sourceURL\))/,
    )
    const source = (await textOf(spec, [...onAndroid, ...onIos], 'React/CoreModules/RCTSourceCode.mm')) ?? ''
    expect(source).toContain('self.bundleManager.bundleURL')
    const module = (await textOf(spec, [...onAndroid, ...onIos], 'React/Base/RCTBridgeModule.h')) ?? ''
    expect(module).toContain('RCTBundleManager *bundleManager;')
  })
})
