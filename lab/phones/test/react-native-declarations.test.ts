import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kotlinLibrary } from '../src/android/pack.ts'
import { androidFolder } from '../src/android/tools.ts'
import {
  declarationsOf,
  faultsOf,
  publishedFiles,
  reactNativeVersions,
} from '../src/react-native/declarations.ts'
import { packageFolder, root } from '../src/react-native/tools.ts'

/** What an app does with the package, in the words of the guide. */
const app = `
import { AppRegistry, Text, TurboModuleRegistry } from 'react-native'
import { AssayError, AssayProvider, createAssay, useAttestation, type Assay, type AssayState } from '@assay/react-native'

const assay: Assay = createAssay({ endpoints: ['https://attest.example'], audiences: { 'https://api.example': 'a' } })

export async function orders(): Promise<number> {
  try {
    const response = await assay.fetch('https://api.example/orders', { method: 'POST', body: '{}' })
    return response.status
  } catch (error) {
    return error instanceof AssayError && error.retryable ? 1 : 0
  }
}

function Banner() {
  const { state, error } = useAttestation()
  const shown: AssayState = state
  return <Text>{shown}{error?.trace}</Text>
}

AppRegistry.registerComponent('App', () => () => (
  <AssayProvider assay={assay}>
    <Banner />
  </AssayProvider>
))
`

/** Apps that are wrong, with what the compiler finds in them at a release. */
const mistakes: Partial<Record<string, readonly (readonly [app: string, message: string])[]>> = {
  '0.76.9': [
    [app.replace('import { AppRegistry', 'import { NoSuchThing, AppRegistry'), 'NoSuchThing'],
    [app.replace('error.retryable', 'error.noSuchMember'), 'noSuchMember'],
  ],
  '0.88.1': [
    [app.replace('import { AppRegistry', 'import { NoSuchThing, AppRegistry'), 'NoSuchThing'],
    [`${app}TurboModuleRegistry.get(7)`, "'number' is not assignable"],
  ],
}

describe('the package and an app over the declarations of React Native', () => {
  const folders = new Map<string, string>()

  beforeAll(async () => {
    try {
      const found = await declarationsOf(reactNativeVersions)
      for (const [i, folder] of found.entries()) folders.set(reactNativeVersions[i] as string, folder)
    } catch (error) {
      console.log(`not run: React Native: declarations of its releases: ${String(error).slice(0, 200)}`)
    }
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect(folders.size).toBe(reactNativeVersions.length)
  }, 600_000)

  it.each(reactNativeVersions)('%s', { timeout: 120_000 }, (version) => {
    const folder = folders.get(version)
    if (folder === undefined) return
    const wrong = mistakes[version] ?? []
    const { ofPackage, ofApps } = faultsOf(folder, [app, ...wrong.map(([text]) => text)])
    expect(ofPackage).toEqual([])
    expect(ofApps).toEqual([[], ...wrong.map(([, message]) => [expect.stringContaining(message)])])
  })

  it('are looked through for mistakes at the oldest release and at the newest', () => {
    expect(Object.keys(mistakes)).toEqual([reactNativeVersions[0], reactNativeVersions.at(-1)])
  })
})

const [oldest] = reactNativeVersions
const minorOf = (version: string) => version.split('.').slice(0, 2).join('.')
const kotlins = ['1.8', '1.9', '2.0', '2.1', '2.2', '2.3']

/** Whether a compiler of one version reads metadata of another: of its own minor version, of older ones, and of the next. */
const reads = (compiler: string, metadata: string) =>
  kotlins.indexOf(minorOf(metadata)) <= kotlins.indexOf(minorOf(compiler)) + 1

describe('the oldest release of React Native', () => {
  it.each([
    [path.join(packageFolder, 'package.json'), `"react-native": ">=${minorOf(oldest)}"`],
    [path.join(packageFolder, 'README.md'), `React Native (${minorOf(oldest)} to `],
    [path.join(root, 'docs/guides/react-native.md'), `React Native ${minorOf(oldest)} or later`],
  ])('is the one that %s names', async (file, text) => {
    expect(await readFile(file, 'utf8')).toContain(text)
  })

  it('has a Kotlin that reads the SDK and the library that it asks for', { timeout: 300_000 }, async () => {
    const pom = await readFile(path.join(androidFolder, 'pom.xml'), 'utf8')
    const language = /<kotlin.compiler.languageVersion>([^<]+)</.exec(pom)?.[1] as string
    let versions: string
    try {
      const [folder] = await publishedFiles([`react-native@${oldest}`], ['gradle/libs.versions.toml'])
      versions = await readFile(path.join(folder as string, 'gradle/libs.versions.toml'), 'utf8')
    } catch (error) {
      console.log(`not run: Kotlin of React Native ${oldest}: ${String(error).slice(0, 200)}`)
      expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
      return
    }
    const compiler = /^kotlin = "([^"]+)"/m.exec(versions)?.[1] as string
    for (const metadata of [language, await kotlinLibrary()]) {
      expect({ compiler, metadata, reads: reads(compiler, metadata) }).toMatchObject({ reads: true })
    }
  })

  it('canary: it does not read what is two minor versions newer', () => {
    expect([reads('1.9.25', '2.0.21'), reads('1.9.25', '2.1.0'), reads('2.0.21', '2.2.21')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('is not asked for names of parameters that differ among releases', async () => {
    const source = path.join(packageFolder, 'android/src/main/kotlin/dev/assay/reactnative/AssayPackage.kt')
    const [, given] = /ReactModuleInfo\(([^)]*)\)/.exec(await readFile(source, 'utf8')) ?? []
    expect(given?.split(',')).toHaveLength(6)
    expect(given).not.toContain('=')
  })
})
