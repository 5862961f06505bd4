import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

interface Config {
  readonly version?: string
  readonly ios?: { readonly bundleIdentifier?: string }
  readonly android?: { readonly package?: string }
}

const { makePlugin } = createRequire(import.meta.url)('../../expo/make-plugin.cjs') as {
  makePlugin(tools: object, files: object, paths: object): (config: Config, props: object) => Promise<void>
}

/** As Expo's template has them, cut short. */
const podfile = "platform :ios, '15.1'\n\ntarget 'Shop' do\n  use_expo_modules!\nend\n"
const gradle = "apply plugin: 'expo-root-project'\n"

const app: Config = {
  version: '2.4.0',
  ios: { bundleIdentifier: 'com.example.ios' },
  android: { package: 'com.example' },
}

const entitlement = 'com.apple.developer.devicecheck.appattest-environment'

/** As the project of Expo's template has them, cut short: with their names as comments, and one name in quotation marks. */
const xcodeConfigurations = () => ({
  '13B07F941A680F5B00A75B9A': { name: 'Debug', buildSettings: { ENABLE_BITCODE: 'NO' } },
  '13B07F941A680F5B00A75B9A_comment': 'Debug',
  '13B07F951A680F5B00A75B9A': { name: 'Release', buildSettings: {} },
  '13B07F951A680F5B00A75B9A_comment': 'Release',
  '83CBBA201A601CBA00E9B192': { name: '"Debug staging"', buildSettings: {} },
})

/** `expo/config-plugins`, which carries out each change at once. */
async function applied(
  props: object,
  onto = { podfile, gradle },
  {
    language = 'groovy',
    config = app,
    introspect = false,
  }: { language?: string; config?: Config; introspect?: boolean } = {},
) {
  const seen = {
    podfile: { contents: onto.podfile },
    gradle: { language, contents: onto.gradle },
    entitlements: {},
    configurations: xcodeConfigurations(),
    plist: {},
    permissions: [] as string[],
    files: {} as Record<string, string>,
  }
  let writing = Promise.resolve()
  const change = (modResults: object) => (config: Config, work: (each: object) => object) => {
    work({ ...config, modResults, modRequest: { introspect } })
    return config
  }
  const tools = {
    withEntitlementsPlist: change(seen.entitlements),
    withInfoPlist: change(seen.plist),
    withXcodeProject: change({ pbxXCBuildConfigurationSection: () => seen.configurations }),
    withPodfile: change(seen.podfile),
    withProjectBuildGradle: change(seen.gradle),
    AndroidConfig: {
      Permissions: {
        withPermissions(config: Config, names: string[]) {
          seen.permissions.push(...names)
          return config
        },
      },
    },
    withDangerousMod(config: Config, [, work]: [string, (each: object) => Promise<void>]) {
      writing = work({ ...config, modRequest: { platformProjectRoot: '/android' } })
      return config
    },
  }
  const files = {
    mkdir: async () => undefined,
    writeFile: async (file: string, text: string) => void (seen.files[file] = text),
  }
  void makePlugin(tools, files, path)(config, props)
  await writing
  return seen
}

const props = { endpoints: ['https://attest.example'], audiences: { 'https://api.example': 'api' } }

describe('the config plugin of Expo', () => {
  it('writes entitlement, permissions, and the configuration with the id of the build', async () => {
    const { entitlements, plist, permissions, files } = await applied({
      ...props,
      withoutToken: 'send',
      authorizationServers: ['api'],
    })
    expect(entitlements).toEqual({ [entitlement]: '$(ASSAY_APP_ATTEST_ENVIRONMENT)' })
    expect(plist).toEqual({
      Assay: {
        ...props,
        app: 'com.example.ios',
        build: '2.4.0',
        withoutToken: 'send',
        authorizationServers: ['api'],
      },
    })
    expect(permissions).toEqual(['android.permission.INTERNET', 'android.permission.ACCESS_NETWORK_STATE'])
    const written = JSON.parse(files['/android/app/src/main/assets/assay.json'] ?? '') as unknown
    expect(written).toEqual({
      ...props,
      app: 'com.example',
      build: '2.4.0',
      without_token: 'send',
      authorization_servers: ['api'],
    })
  })

  it('gives debug builds the environment development, and all others production', async () => {
    const { configurations } = await applied(props)
    const settings = Object.values(configurations).flatMap((each) =>
      typeof each === 'string' ? [] : [[each.name, each.buildSettings]],
    )
    expect(settings).toEqual([
      ['Debug', { ENABLE_BITCODE: 'NO', ASSAY_APP_ATTEST_ENVIRONMENT: 'development' }],
      ['Release', { ASSAY_APP_ATTEST_ENVIRONMENT: 'production' }],
      ['"Debug staging"', { ASSAY_APP_ATTEST_ENVIRONMENT: 'development' }],
    ])
  })

  it('shows tools that only look at the entitlements a value that they know', async () => {
    const { entitlements } = await applied(props, undefined, { introspect: true })
    expect(entitlements).toEqual({ [entitlement]: 'production' })
  })

  it.each(['development', 'production'])(
    'writes the environment that the app names: %s',
    async (environment) => {
      const { entitlements, configurations } = await applied({ ...props, environment })
      expect(entitlements).toEqual({ [entitlement]: environment })
      expect(configurations).toEqual(xcodeConfigurations())
    },
  )

  it('leaves Podfile and build script alone where the app does not say where the native SDKs are', async () => {
    const seen = await applied(props)
    expect([seen.podfile.contents, seen.gradle.contents]).toEqual([podfile, gradle])
  })

  it.each<[object, string]>([
    [{ path: '../assay' }, ":path => '../../assay'"],
    [{ path: '/src/assay' }, ":path => '/src/assay'"],
    [{ path: "it's#{`id`}" }, ":path => '../it\\'s#{`id`}'"],
    [{ git: 'https://git.example/assay' }, ":git => 'https://git.example/assay'"],
    [
      { git: 'https://git.example/assay', tag: '0.1.0' },
      ":git => 'https://git.example/assay', :tag => '0.1.0'",
    ],
  ])('names both pods in the target: %o', async (pods, source) => {
    const { podfile: made } = await applied({ ...props, pods })
    expect(made.contents).toBe(
      `platform :ios, '15.1'

target 'Shop' do
# assay: begin
pod 'AssayCore', ${source}
pod 'Assay', ${source}
# assay: end
  use_expo_modules!
end
`,
    )
  })

  it.each([
    ['../maven', "new File(rootDir, '../../maven').toURI()"],
    ['/src/maven', "new File('/src/maven').toURI()"],
    ['https://maven.example/assay', "uri('https://maven.example/assay')"],
  ])('adds the Maven repository for nothing but its group: %s', async (maven, url) => {
    const { gradle: made } = await applied({ ...props, maven })
    expect(made.contents).toBe(
      `apply plugin: 'expo-root-project'

// assay: begin
allprojects { repositories { maven { url = ${url}; content { includeGroup 'dev.assay' } } } }
// assay: end
`,
    )
  })

  it('writes both anew in the next run, each once', async () => {
    const given = { ...props, pods: { path: '../old' }, maven: '../old' }
    const first = await applied(given)
    const made = { podfile: first.podfile.contents, gradle: first.gradle.contents }
    const again = await applied({ ...props, pods: { path: '../new' }, maven: '../new' }, made)
    expect(again.podfile.contents).toBe(made.podfile.replaceAll('old', 'new'))
    expect(again.gradle.contents).toBe(made.gradle.replaceAll('old', 'new'))
  })

  it('finds all that the example needs in its app.json', async () => {
    const folder = path.resolve(import.meta.dirname, '../../../../../examples/expo')
    const { expo: config } = JSON.parse(readFileSync(path.join(folder, 'app.json'), 'utf8')) as {
      expo: Config & { plugins: [[string, object]] }
    }
    const [[, given]] = config.plugins
    const seen = await applied(given, { podfile, gradle }, { config })
    const pods = [...seen.podfile.contents.matchAll(/pod '(\w+)', :path => '([^']+)'/g)]
    expect(pods.map(([, name]) => name)).toEqual(['AssayCore', 'Assay'])
    for (const [, name = '', place = ''] of pods)
      expect(existsSync(path.join(folder, 'ios', place, `${name}.podspec`))).toBe(true)
    // Where step 1 of its README puts it.
    expect(seen.gradle.contents).toContain("new File(rootDir, '../packages/maven')")
    // An app of the service has one platform.
    const ids = [seen.plist, JSON.parse(seen.files['/android/app/src/main/assets/assay.json'] ?? '')]
    expect(ids).toMatchObject([{ Assay: { app: 'com.example.shop.ios' } }, { app: 'com.example.shop' }])
  })

  it('says what it cannot change', async () => {
    const wrong = { podfile: "platform :ios, '15.1'\n", gradle }
    await expect(applied({ ...props, pods: { path: 'a' } }, wrong)).rejects.toThrow(
      'the Podfile has no target',
    )
    const kotlin = applied({ ...props, maven: 'a' }, { podfile, gradle }, { language: 'kt' })
    await expect(kotlin).rejects.toThrow('build.gradle must be Groovy')
  })

  it.each<[object, string]>([
    [{ ...props, endpoints: [] }, 'endpoints: missing or wrong'],
    [{ endpoints: props.endpoints }, 'audiences: missing or wrong'],
    [{ ...props, environment: 'sandbox' }, 'environment: missing or wrong'],
    [{ ...props, key: 'x' }, 'key: unknown member'],
    [{ ...props, pods: {} }, 'pods: missing or wrong'],
    [{ ...props, pods: { path: '../assay', tag: '1' } }, 'pods: missing or wrong'],
    [
      { ...props, pods: { git: 'https://git.example/assay', tag: '1', branch: 'b' } },
      'pods: missing or wrong',
    ],
    [{ ...props, pods: { path: "a'\nsystem('b')" } }, 'pods: missing or wrong'],
    [{ ...props, maven: '' }, 'maven: missing or wrong'],
  ])('refuses %o', async (wrong, message) => {
    await expect(applied(wrong)).rejects.toThrow(message)
  })
})
