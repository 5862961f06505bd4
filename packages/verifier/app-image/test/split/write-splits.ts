import { writeAxml, type ElementTemplate } from '@assay/testkit/axml'
import { writeProtoXml } from '@assay/testkit/proto-xml'
import { fileOf } from '../expect-refusal.ts'
import { manifestOf, usualManifest, type ManifestTemplate } from '../apk/write-apk.ts'
import { signApk, type Identity } from '../apk/signature/sign-apk.ts'
import { writeZip, type EntryTemplate } from '../zip/write-zip.ts'

const distribution = 'http://schemas.android.com/apk/distribution'

/** How a module says that devices get it. */
export type DeliveryTemplate =
  'install-time' | 'removable' | 'on-demand' | 'old-on-demand' | 'conditional' | 'asset-pack'

export interface ModuleTemplate {
  manifest?: ManifestTemplate
  delivery?: DeliveryTemplate
  /** Attributes of the root without namespace, such as `split`. */
  attributes?: Readonly<Record<string, string>>
}

export function moduleManifest({
  manifest = usualManifest,
  delivery,
  attributes = {},
}: ModuleTemplate): ElementTemplate {
  const root = manifestOf(manifest)
  const own = Object.entries(attributes).map(([name, value]) => ({ name, value }))
  const kept = (root.attributes ?? []).filter(({ name }) => !Object.hasOwn(attributes, name))
  return {
    ...root,
    attributes: [...kept, ...own],
    children: [...(root.children ?? []), ...(delivery === undefined ? [] : [distributionOf(delivery)])],
  }
}

function distributionOf(delivery: DeliveryTemplate): ElementTemplate {
  const element = (
    name: string,
    children: ElementTemplate[] = [],
    attributes: ElementTemplate['attributes'] = [],
  ): ElementTemplate => ({ name, namespace: distribution, children, attributes })
  const delivered = (...children: ElementTemplate[]) => element('module', [element('delivery', children)])
  switch (delivery) {
    case 'install-time':
      return delivered(element('install-time'))
    case 'removable':
      return delivered(element('install-time', [element('removable', [], [{ name: 'value', value: true }])]))
    case 'on-demand':
      return delivered(element('on-demand'))
    case 'conditional':
      return delivered(element('install-time', [element('conditions')]))
    case 'old-on-demand':
      return element('module', [], [{ name: 'onDemand', value: 'true' }])
    case 'asset-pack':
      return element('module', [], [{ name: 'type', value: 'asset-pack' }])
  }
}

/** Modules by name: their files by path, and their manifest. */
export type Modules = Readonly<Record<string, { files?: Readonly<Record<string, string>> } & ModuleTemplate>>

export const baseFiles = {
  'dex/classes.dex': 'dex of the base',
  'lib/arm64-v8a/libapp.so': 'for 64 bit',
  'lib/armeabi-v7a/libapp.so': 'for 32 bit',
  'assets/index.html': '<p>',
  'res/layout/main.xml': 'layout',
}

export function aabEntries(modules: Modules = {}): EntryTemplate[] {
  const entries = Object.entries<Modules[string]>({ base: { files: baseFiles }, ...modules }).flatMap(
    ([name, module]) => [
      { name: `${name}/manifest/AndroidManifest.xml`, content: writeProtoXml(moduleManifest(module)) },
      ...Object.entries(module.files ?? {}).map(([path, content]) => ({ name: `${name}/${path}`, content })),
    ],
  )
  return [
    { name: 'BundleConfig.pb', content: 'config' },
    ...entries,
    { name: 'META-INF/MANIFEST.MF', content: '' },
  ]
}

export const aabBytes = (modules?: Modules): Buffer => writeZip(aabEntries(modules))

export const aabFile = (modules?: Modules): string => fileOf(aabBytes(modules))

export interface ApkTemplate extends ModuleTemplate {
  files?: Readonly<Record<string, string>>
  signer: Identity
}

export function splitApk({ files = {}, signer, ...module }: ApkTemplate): Buffer {
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }))
  const manifest = { name: 'AndroidManifest.xml', content: writeAxml(moduleManifest(module)) }
  return signApk(writeZip([manifest, ...entries]), { v2: [{ identity: signer }] })
}

/** A set of APKs by their path in the file; stored, as bundletool does, unless said otherwise. */
export function apksFile(apks: Readonly<Record<string, Buffer>>, method = 0): string {
  return fileOf(writeZip(Object.entries(apks).map(([name, content]) => ({ name, content, method }))))
}
