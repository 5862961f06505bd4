import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { packedFolders } from '../src/android/pack.ts'
import { androidFolder } from '../src/android/tools.ts'
import { undocumentedByDokka, undocumentedIn } from '../src/android/undocumented.ts'

/**
 * Whose sources may name the vendors' APIs. `play-stubs` and `androidx-stubs` are not among them: they declare Google's own classes so that `play-integrity` and
 * the recipes compile where Google's repository is out of reach, as `android-all` declares Android's. Nothing of it is published.
 */
const glue = ['platform', 'play-integrity', 'webview']
const others = ['core', 'okhttp', 'ktor', 'coroutines', 'phone']
const longest = 150
const isTooLong = (text: string) => text.trimEnd().split('\n').length > longest

function sources(module: string): { file: string; text: string }[] {
  const folder = path.join(androidFolder, module, 'src/main')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.kt'))
    .map((file) => ({ file: `${module}/${file}`, text: readFileSync(path.join(folder, file), 'utf8') }))
}

/** What a source names of the vendors'. */
function vendors(text: string): string[] {
  return [
    ...text.matchAll(
      /^import ((?:android|androidx|com\.google)\.[\w.]+)|(?<![\w.])((?:android|androidx)\.[a-z]+\.[A-Z]\w*)/gm,
    ),
  ].map(([, imported, named]) => imported ?? (named as string))
}

const dependenciesOf = (pom: string) =>
  [...pom.matchAll(/<dependency>(.*?)<\/dependency>/gs)].map(([, text]) => text as string)

describe('sources of the Android SDK', () => {
  it.each(others)('%s names no API of a vendor', (module) => {
    const found = sources(module)
    expect(found.length).toBeGreaterThan(0)
    expect(found.flatMap(({ file, text }) => vendors(text).map((name) => `${file}: ${name}`))).toEqual([])
  })

  it.each(glue)('%s has no file of more than 150 lines', (module) => {
    const tooLong = sources(module).filter(({ text }) => isTooLong(text))
    expect(tooLong.map(({ file }) => file)).toEqual([])
  })

  it('a file of 151 lines is too long', () => {
    expect([longest, longest + 1].map((lines) => isTooLong('x\n'.repeat(lines)))).toEqual([false, true])
  })

  it('stubs of a vendor are compile-only, and no module that is published has any', () => {
    const pom = readFileSync(path.join(androidFolder, 'play-integrity/pom.xml'), 'utf8')
    const stubs = dependenciesOf(pom).filter((text) =>
      text.includes('<artifactId>assay-play-stubs</artifactId>'),
    )
    expect(stubs.map((text) => /<scope>(\w+)<\/scope>/.exec(text)?.[1])).toEqual(['provided'])
    expect(packedFolders).not.toContain('play-stubs')
    expect(packedFolders).toEqual(expect.arrayContaining(['core', 'platform', 'play-integrity']))
  })

  it('the rule bites', () => {
    expect(vendors('import android.os.Build\nval a = android.os.Process.myUid()\n// Android')).toEqual([
      'android.os.Build',
      'android.os.Process',
    ])
  })

  it.each(['core', 'platform', 'webview'])(
    '%s depends on kotlin-stdlib and our own modules alone',
    (module) => {
      const pom = readFileSync(path.join(androidFolder, module, 'pom.xml'), 'utf8')
      const shipped = dependenciesOf(pom).filter((text) => !/<scope>(test|provided)<\/scope>/.test(text))
      expect(shipped.filter((text) => !text.includes('<groupId>dev.assay</groupId>'))).toEqual([])
    },
  )
})

describe('build scripts for Gradle', () => {
  const scripts = [
    'packages/attester/android/build.gradle.kts',
    'packages/attester/react-native/android/build.gradle',
    'examples/android/app/build.gradle.kts',
  ]
  /** Lines that apply Kotlin's plugin, whatever the version of the Android Gradle plugin. */
  const unguarded = (text: string) =>
    text
      .split('\n')
      .filter((line) => /kotlin\.android|kotlin\("android"\)/.test(line))
      .filter(
        (line) => !/apply false|^if \(agp < 9 \|\| findProperty\(.android\.builtInKotlin.\) == /.test(line),
      )

  it.each(scripts)(
    '%s applies the plugin of Kotlin only below version 9 of the Android Gradle plugin',
    (file) => {
      const text = readFileSync(path.join(androidFolder, '../../..', file), 'utf8')
      expect(text).toContain('com.android.Version.ANDROID_GRADLE_PLUGIN_VERSION')
      expect(text).toMatch(/^if \(agp < 9 .*org\.jetbrains\.kotlin\.android/m)
      expect(unguarded(text)).toEqual([])
    },
  )

  it('a plugin that is always applied is seen', () => {
    const lines = ['    kotlin("android")', "apply plugin: 'org.jetbrains.kotlin.android'"]
    expect(unguarded(lines.join('\n'))).toEqual(lines)
  })
})

describe('KDoc', () => {
  it.each(packedFolders)('of %s says something of every public declaration', (module) => {
    const found = sources(module).flatMap(({ file, text }) =>
      undocumentedIn(text).map((at) => `${file}:${at}`),
    )
    expect(found).toEqual([])
  })

  it('that is missing is seen', () => {
    const source = [
      '/** @property told is */',
      'public class A(public val told: Int)',
      'public fun bare(): Int = 1',
      '/** Says. */',
      '@JvmStatic',
      'public fun said(): Int = 1',
      'public fun A.extended(): Int = 1',
      '/**',
      ' * Says.',
      ' * @property one of two',
      ' */',
      'public class B(',
      '    public val one: Int,',
      '    public val two: Int,',
      ') {',
      '    override fun toString() = ""',
      '}',
    ].join('\n')
    expect(undocumentedIn(source)).toEqual(['3: bare', '7: extended', '14: two'])
  })

  it('that Dokka misses is told, but for what the compiler makes', () => {
    const printed = [
      '[WARNING] Undocumented: dev.assay/Assay/close/#/ (JVM)',
      '[WARNING] Undocumented: dev.assay.core.wire/Label/getEntries/#/ (JVM)',
      '[WARNING] Undocumented: dev.assay/AssayConfig.Companion/ (JVM)',
    ].join('\n')
    expect(undocumentedByDokka(printed)).toEqual(['dev.assay/Assay/close/#/'])
  })
})
