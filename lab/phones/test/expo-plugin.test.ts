import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { installed, NotInstalled } from '../../../tools/installed.mjs'
import { packageFolder } from '../src/react-native/tools.ts'

interface Config {
  readonly mods?: { readonly ios?: { readonly podfile?: object } }
  readonly ios?: { readonly infoPlist?: object; readonly entitlements?: object }
}

/** What the test uses of `@expo/config-plugins`. */
interface ConfigPlugins {
  compileModsAsync(config: object, how: object): Promise<Config>
}

type Plugin = (config: object, props: object) => Config

const projectRoot = mkdtempSync(path.join(os.tmpdir(), 'assay-expo-'))
afterAll(() => rmSync(projectRoot, { recursive: true, force: true }))
const main = path.join(projectRoot, 'android/app/src/main')

async function configPlugins(): Promise<ConfigPlugins | undefined> {
  try {
    const folder = await installed('expo-config-plugins', { '@expo/config-plugins': '58.0.13' })
    return createRequire(path.join(folder, 'package.json'))('@expo/config-plugins') as ConfigPlugins
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    console.log(`not run: the config plugin of Expo: ${error.message}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
    return undefined
  }
}

it("Expo's own tools carry the config plugin out, on both platforms", async () => {
  const tools = await configPlugins()
  if (tools === undefined) return
  const { makePlugin } = createRequire(import.meta.url)(path.join(packageFolder, 'expo/make-plugin.cjs')) as {
    makePlugin(tools: ConfigPlugins, files: object, path: object): Plugin
  }
  for (const each of [main, path.join(projectRoot, 'ios/Shop.xcodeproj'), path.join(projectRoot, 'ios/Shop')])
    mkdirSync(each, { recursive: true })
  const android = 'xmlns:android="http://schemas.android.com/apk/res/android"'
  const manifest = path.join(main, 'AndroidManifest.xml')
  writeFileSync(manifest, `<manifest ${android}><application android:name=".MainApplication"/></manifest>`)
  const gradle = path.join(projectRoot, 'android/build.gradle')
  writeFileSync(gradle, '// of the project\n')
  const podfile = path.join(projectRoot, 'ios/Podfile')
  writeFileSync(podfile, "target 'Shop' do\nend\n")
  const native = { pods: { path: '../assay' }, maven: '../maven' }
  const given = { endpoints: ['https://a.example'], audiences: { 'https://b.example': 'b' } }
  const made = () =>
    makePlugin(
      tools,
      files,
      path,
    )(
      {
        ...{ name: 'Shop', slug: 'shop', version: '2.4.0', _internal: { projectRoot } },
        ...{ android: { package: 'com.example.shop' }, ios: { bundleIdentifier: 'com.example.ios' } },
      },
      { ...given, ...native },
    )

  await tools.compileModsAsync(made(), { projectRoot, platforms: ['android'] })
  expect(readFileSync(manifest, 'utf8')).toContain('android.permission.ACCESS_NETWORK_STATE')
  expect(JSON.parse(readFileSync(path.join(main, 'assets/assay.json'), 'utf8'))).toEqual({
    ...given,
    app: 'com.example.shop',
    build: '2.4.0',
  })
  expect(readFileSync(gradle, 'utf8')).toContain("maven { url = new File(rootDir, '../../maven').toURI();")

  // The others need a project that Xcode has made.
  const { podfile: onlyMod } = made().mods?.ios ?? {}
  const onlyPods = { ...made(), mods: { ios: { podfile: onlyMod } } }
  await tools.compileModsAsync(onlyPods, { projectRoot, platforms: ['ios'] })
  expect(readFileSync(podfile, 'utf8')).toContain("pod 'Assay', :path => '../../assay'")

  const { ios } = await tools.compileModsAsync(made(), { projectRoot, platforms: ['ios'], introspect: true })
  expect(ios?.infoPlist).toMatchObject({ Assay: { ...given, app: 'com.example.ios', build: '2.4.0' } })
  expect(ios?.entitlements).toMatchObject({
    'com.apple.developer.devicecheck.appattest-environment': 'production',
  })
})
