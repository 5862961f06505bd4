import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { readZip } from '@assay/testkit'
import { archiveOf } from './pack.ts'
import { libraryOf, runLibrary } from './tools.ts'

/** All in bytes. */
export interface AndroidSizes {
  /** The dex file of the SDK's own classes in an app that shrinks. */
  readonly dex: number
  /** The same as an APK compresses it. */
  readonly deflated: number
  /** The archives as they are published. */
  readonly core: number
  readonly platform: number
}

/** An app that starts the SDK, has tokens and proofs of it, listens to its events and ends it. */
const kept = `
-keep class dev.assay.AssayAndroid {
  public static dev.assay.Assay start(dev.assay.Assay$Companion, android.content.Context, java.lang.String);
}
-keep class dev.assay.Assay {
  public java.lang.Object getToken(java.lang.String, boolean, kotlin.coroutines.Continuation);
  public java.lang.Object proof(java.lang.String, java.lang.String, java.lang.String, kotlin.coroutines.Continuation);
  public dev.assay.core.client.Subscription on(kotlin.jvm.functions.Function1);
  public void close();
}`

/**
 * The size of core and platform in such an app: the archives that `npm run pack:android` writes, shrunk by ProGuard with the
 * rules in the AAR, as dex of Android 8. Kotlin's library is not part of it: the app has that anyway. Only where the SDK
 * has been built.
 */
export async function sizeOfSdk(): Promise<AndroidSizes> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-shrunk-'))
  const at = (name: string) => path.join(folder, name)
  try {
    const [core, platform] = [await archiveOf('core'), await archiveOf('platform')]
    const inAar = new Map((await readZip(platform)).map(({ name, content }) => [name, content]))
    await writeFile(at('core.jar'), core)
    await writeFile(at('platform.jar'), inAar.get('classes.jar') as Buffer)
    await writeFile(at('consumer.pro'), inAar.get('proguard.txt') as Buffer)
    await writeFile(at('app.pro'), await rules())
    await runLibrary('proguard.ProGuard', ['@app.pro'], folder)
    await runLibrary(
      'com.android.dx.command.Main',
      ['--dex', '--min-sdk-version=26', '--output=sdk.dex', 'sdk.jar'],
      folder,
    )
    const dex = await readFile(at('sdk.dex'))
    return {
      dex: dex.length,
      deflated: deflateRawSync(dex, { level: 9 }).length,
      core: core.length,
      platform: platform.length,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function rules(): Promise<string> {
  const classes = '!**.jar;!module-info.class'
  const [android, kotlin] = [
    await libraryOf('packing', /^android-all-/),
    await libraryOf('packing', /^kotlin-stdlib-/),
  ]
  return `
-injars core.jar(!META-INF/**)
-injars platform.jar(!META-INF/**)
-outjars sdk.jar
-libraryjars <java.home>/jmods/java.base.jmod(${classes})
-libraryjars ${android}(android/**.class)
-libraryjars ${kotlin}(!META-INF/**)
-include consumer.pro
-dontnote
-dontwarn **
-allowaccessmodification
-repackageclasses a
${kept}
`
}
