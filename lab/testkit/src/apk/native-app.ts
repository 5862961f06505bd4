import { sdkMarker } from '@assay/measurement'
import { codeSegmentHead, codeSegmentKind } from '@assay/protocol'
import type { MemorySegment } from '@assay/client'
import { signApkV2, type ApkSigner } from './signer.ts'
import { writeAxml, type ElementTemplate } from './write-axml.ts'
import { writeProtoXml } from './write-proto-xml.ts'
import { readZip, writeZip } from './zip.ts'

/** ABIs that the app has native code for. */
const abis = ['arm64-v8a', 'armeabi-v7a', 'x86_64'] as const
export type Abi = (typeof abis)[number]

/** What a native app is made of, beside its code. */
export interface NativeAppContent {
  /** Android package name. */
  readonly package: string
  readonly versionCode: number
  /** SDK that its dex names, as `name/version`. */
  readonly sdk: string
  /** Scripts of its base by their path in the APK, such as `assets/index.android.bundle`. Default: none. */
  readonly scripts?: Readonly<Record<string, Buffer>>
  /** Neither native code nor a feature: every device gets the same code. Default: both. */
  readonly isPlain?: boolean
}

/** An app with a base, a feature that comes with it, and native code for several ABIs. */
export interface NativeApp {
  /** As the release pipeline has it. */
  readonly aab: Buffer
  /** The split APKs that bundletool makes of it, in one file. */
  readonly apks: Buffer
  /** The code that a device of this ABI has, read from the APKs that it gets. */
  installed(abi: Abi): Promise<MemorySegment[]>
}

/** Where files of a module are in its APK. */
type Files = Readonly<Record<string, Buffer>>

const feature = 'checkout'
const distribution = 'http://schemas.android.com/apk/distribution'

/** Makes an app for Google Play, as a bundle and as what the store delivers of it. */
export async function buildNativeApp(content: NativeAppContent, signer: ApkSigner): Promise<NativeApp> {
  const base: Files = {
    'classes.dex': dex(sdkMarker(content.sdk)),
    ...content.scripts,
  }
  const libraries = new Map(
    (content.isPlain === true ? [] : abis).map((abi): [Abi, Files] => [
      abi,
      { [`lib/${abi}/libapp.so`]: library(abi) },
    ]),
  )
  const ofFeature: Files = { 'classes.dex': dex('a feature of the app') }
  const all = { ...base, ...Object.assign({}, ...libraries.values()) } as Files
  const split = (attributes: Readonly<Record<string, string>>, files: Files) =>
    splitApk(manifestOf(content, attributes), files, signer)
  const configOf = (abi: Abi) => `config.${abi.replaceAll('-', '_')}`
  const apks = {
    'base-master.apk': await split({}, base),
    ...Object.fromEntries(
      await Promise.all(
        [...libraries].map(async ([abi, files]): Promise<[string, Buffer]> => [
          apkOf(abi),
          await split({ split: configOf(abi), configForSplit: '' }, files),
        ]),
      ),
    ),
    [`${feature}-master.apk`]: await split({ split: feature }, ofFeature),
  }
  const set = await zip(
    Object.fromEntries(Object.entries(apks).map(([name, apk]) => [`splits/${name}`, apk])),
  )
  return {
    aab: await bundle(content, { base: all, ...(content.isPlain === true ? {} : { [feature]: ofFeature }) }),
    apks: set,
    installed: (abi) => installedFrom(set, abi),
  }
}

/** The code that a device of this ABI has of the split APKs in a file. */
export async function installedFrom(apks: Buffer, abi: Abi): Promise<MemorySegment[]> {
  const splits = new Map((await readZip(apks)).map(({ name, content }) => [name, content]))
  const of = async (module: string, file: string) => {
    const apk = splits.get(`splits/${file}`)
    return apk === undefined ? [] : segmentsOf(module, apk)
  }
  const segments = await Promise.all([
    of('base', 'base-master.apk'),
    of('base', apkOf(abi)),
    of(feature, `${feature}-master.apk`),
  ])
  return segments.flat()
}

function apkOf(abi: Abi): string {
  return `base-${abi.replaceAll('-', '_')}.apk`
}

/** Bytes that no other part of the app has. */
function dex(text: string): Buffer {
  return Buffer.concat([Buffer.from('dex\n035\0'), noise(`dex ${text}`), Buffer.from(text)])
}

function library(abi: Abi): Buffer {
  return Buffer.concat([Buffer.from('\x7fELF'), noise(`library for ${abi}`)])
}

function noise(text: string): Buffer {
  return Buffer.from(Array.from({ length: 300 }, (_, i) => `${text} ${i}\n`).join(''))
}

function manifestOf(
  { package: name, versionCode }: NativeAppContent,
  attributes: Readonly<Record<string, string>>,
): ElementTemplate {
  const isFeature = attributes['split'] === feature
  return {
    name: 'manifest',
    attributes: [
      { name: 'versionCode', id: 0x0101021b, value: versionCode },
      { name: 'versionName', id: 0x0101021c, value: `${versionCode}.0` },
      { name: 'package', value: name },
      ...Object.entries(attributes).map(([attribute, value]) => ({ name: attribute, value })),
    ],
    children: [
      {
        name: 'uses-sdk',
        attributes: [
          { name: 'minSdkVersion', id: 0x0101020c, value: 24 },
          { name: 'targetSdkVersion', id: 0x01010270, value: 36 },
        ],
      },
      { name: 'application' },
      ...(isFeature ? [atInstall] : []),
    ],
  }
}

const delivery = (
  name: string,
  children: ElementTemplate[],
  attributes: ElementTemplate['attributes'] = [],
) => ({
  name,
  namespace: distribution,
  children,
  attributes,
})

/** The feature comes with the app, and stays an APK of its own because it may be removed. */
const atInstall = delivery('module', [
  delivery('delivery', [
    delivery('install-time', [delivery('removable', [], [{ name: 'value', value: true }])]),
  ]),
])

async function splitApk(manifest: ElementTemplate, files: Files, signer: ApkSigner): Promise<Buffer> {
  return signApkV2(await zip({ 'AndroidManifest.xml': writeAxml(manifest), ...files }), signer)
}

async function bundle(content: NativeAppContent, modules: Readonly<Record<string, Files>>): Promise<Buffer> {
  const entries: Record<string, Buffer> = { 'BundleConfig.pb': Buffer.from('config') }
  for (const [module, files] of Object.entries(modules)) {
    const attributes: Readonly<Record<string, string>> = module === feature ? { split: feature } : {}
    entries[`${module}/manifest/AndroidManifest.xml`] = Buffer.from(
      writeProtoXml(manifestOf(content, attributes)),
    )
    for (const [path, bytes] of Object.entries(files))
      entries[`${module}/${path.endsWith('.dex') && !path.includes('/') ? `dex/${path}` : path}`] = bytes
  }
  return zip(entries)
}

function zip(files: Files): Promise<Buffer> {
  return writeZip(Object.entries(files).map(([name, content]) => ({ name, content, stored: true })))
}

async function segmentsOf(module: string, apk: Buffer): Promise<MemorySegment[]> {
  const segments: MemorySegment[] = []
  for (const { name: path, content } of await readZip(apk)) {
    const name = `${module}/${path}`
    const kind = codeSegmentKind('apks', name, content.subarray(0, codeSegmentHead))
    if (kind !== undefined) segments.push({ name, kind, bytes: content })
  }
  return segments
}
