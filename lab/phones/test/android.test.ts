import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { attackKotlin } from '@assay/attacks'
import { beforeAll, describe, expect, it } from 'vitest'
import { androidFolder, buildAndroid, missingTool } from '../src/android/tools.ts'
import { classesOf, kotlinLibrary, packedFolders, pomOf } from '../src/android/pack.ts'
import { slimJar, vectorRunner } from '../src/android/tools.ts'
import { playAndroid } from '../src/run-scenarios.ts'
import type { Played } from '../src/scenarios/play-each.ts'

const missing = missingTool()
const minutes = 60_000

if (missing !== undefined) {
  it('the Android SDK', () => {
    console.log(`not run: Android SDK: ${missing}`)
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
}

it("assay-play-integrity brings Google's library, and no other module does", () => {
  const google = '<groupId>com.google.android.play</groupId>\n      <artifactId>integrity</artifactId>'
  expect(pomWith('play-integrity')).toContain(google)
  expect(pomWith('core')).not.toContain('com.google')
})

it('a POM has everything that Maven Central requires, of the owner whom owner.json names', () => {
  const pom = pomWith('core')
  for (const part of [
    '<name>The core</name>',
    '<description>Of tests</description>',
    '<url>https://example.com/a?b&amp;c</url>',
    '<license>',
    '<name>A &lt;B&gt;</name>',
    '<email>a@example.com</email>',
    '<connection>scm:git:https://example.com/a/b.git</connection>',
    '<url>https://example.com/a/b</url>',
  ])
    expect(pom).toContain(part)
})

function pomWith(folder: 'core' | 'play-integrity'): string {
  const about = {
    ...{ name: 'The core', description: 'Of tests' },
    homepage: 'https://example.com/a?b&c',
    repository: 'https://example.com/a/b',
    developers: [{ name: 'A <B>', email: 'a@example.com' }],
  }
  const module = { folder, artifact: `assay-${folder}`, packaging: 'jar' } as Parameters<typeof pomOf>[0]
  return pomOf(module, '2.0.21', about)
}

describe.skipIf(missing !== undefined)('the Android SDK', () => {
  beforeAll(async () => {
    const { passed, failed, log } = await buildAndroid(
      process.env['ASSAY_ALL_FRAMEWORKS'] === '1' ? ['-Pnightly'] : [],
    )
    if (failed > 0) throw new Error(log)
    // So that modules which are left out by mistake are missed.
    expect(passed).toBeGreaterThan(900)
  }, 20 * minutes)

  it('works as it is published, without what only debuggers read', async () => {
    await slimJar(
      path.join(androidFolder, 'core/target/assay-core-0.1.0.jar'),
      path.join(androidFolder, 'core/target/assay-core-0.1.0-slim.jar'),
    )
    const { command, args } = await vectorRunner('core/target/assay-core-0.1.0-slim.jar')
    const question = { id: 'a', family: 'encodings', input: { op: 'u32', value: 256 } }
    const { stdout } = spawnSync(command, args, { input: `${JSON.stringify(question)}\n`, encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual({ id: 'a', output: '00000100' })
  })

  it('has metadata of the version of Kotlin that its library has', async () => {
    const [major, minor] = (await kotlinLibrary()).split('.')
    for (const [folder, name] of [
      ['core', 'dev.assay.Assay'],
      ['platform', 'dev.assay.AssayAndroid'],
      ['okhttp', 'dev.assay.okhttp.AssayIOException'],
      ['ktor', 'dev.assay.ktor.AssayPlugin'],
      ['webview', 'dev.assay.webview.WebViewBridge'],
      ['coroutines', 'dev.assay.coroutines.AssayCoroutinesKt'],
      ['play-integrity', 'dev.assay.play.PlayIntegrity'],
    ] as const) {
      const classes = path.join(androidFolder, folder, 'target/classes')
      const { stdout } = spawnSync('javap', ['-v', '-cp', classes, name], { encoding: 'utf8' })
      expect([name, /mv=\[(\d+),(\d+)/.exec(stdout)?.slice(1)]).toEqual([name, [major, minor]])
    }
  })

  it('publishes classes of its own alone: no stub of Google, nothing of a library', async () => {
    const foreign = async (folder: string) =>
      (await classesOf(folder)).filter((name) => !name.startsWith('dev/assay/'))
    for (const folder of packedFolders) {
      expect((await classesOf(folder)).length).toBeGreaterThan(0)
      expect(await foreign(folder)).toEqual([])
    }
    expect(await foreign('play-stubs')).toContain(
      'com/google/android/play/core/integrity/IntegrityManagerFactory.class',
    )
  })

  it(
    'lives through every scenario against the service and the guard',
    async () => {
      const played = await playAndroid()
      expect(played.length).toBeGreaterThanOrEqual(28)
      expect(played.filter(({ fault }: Played) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )

  it(
    'refuses every attack in which it takes part, and its twins are served',
    async () => {
      const attacked = await attackKotlin()
      expect(attacked.length).toBeGreaterThanOrEqual(56)
      expect(attacked.filter(({ fault }) => fault !== undefined)).toEqual([])
    },
    10 * minutes,
  )
})
