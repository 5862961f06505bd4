import { CodecError } from '@assay/codec'
import { axmlElements } from '@assay/codec/axml'
import type { AxmlElement, AxmlValue } from '@assay/codec/axml'
import { AppImageError } from '../../errors/app-image-error.ts'
import type { Archive } from '../../zip/archive.ts'
import { readContent } from '../../zip/entry-content.ts'
import { sdkOfCodename } from './sdk-codename.ts'

const entryName = 'AndroidManifest.xml'
const greatestLength = 16 * 1024 * 1024

/** Resource ids of attributes of the `android:` namespace, whose names may be blanked. */
const ids = {
  name: 0x01010003,
  debuggable: 0x0101000f,
  minSdkVersion: 0x0101020c,
  versionCode: 0x0101021b,
  versionName: 0x0101021c,
  targetSdkVersion: 0x01010270,
  testOnly: 0x01010272,
  targetSandboxVersion: 0x0101054c,
  value: 0x01010024,
  versionCodeMajor: 0x01010576,
  isSplitRequired: 0x01010591,
} as const

/** The parts of `AndroidManifest.xml` that identity and the signing rules need. */
export interface ApkManifest {
  packageName: string
  versionName: string | null
  /** Unsigned 32 bits. */
  versionCode: number
  /** Unsigned 32 bits; 0 if absent. */
  versionCodeMajor: number
  /** As declared; `null` if absent. */
  minSdk: number | null
  targetSdk: number | null
  targetSandboxVersion: number
  debuggable: boolean
  testOnly: boolean
  /** Name of the split; `null` for a base or a standalone APK. */
  split: string | null
  /** The feature whose configuration this split holds, empty for the base; `null` unless it is a configuration split. */
  configForSplit: string | null
  /** Whether devices refuse the APK unless they get splits with it, by the platform's attribute or by that of Play. */
  needsSplits: boolean
  /** When devices get a feature module, according to the `dist:` elements. */
  delivery: Delivery
}

/** `install-time`: with the app, on every device. `fused`: the same, and packed into the base. */
export type Delivery = 'install-time' | 'fused' | 'on-demand' | 'asset-pack'

/** An entry that holds compiled XML, and the reader of its form. */
interface ManifestForm {
  readonly entry: string
  readonly elements: (content: Uint8Array) => Iterable<AxmlElement>
}

const binaryXml: ManifestForm = { entry: entryName, elements: axmlElements }

/** @throws AppImageError `MANIFEST_MISSING`, `MANIFEST_MALFORMED` */
export function readManifest(archive: Archive, form: ManifestForm = binaryXml): ApkManifest {
  const entry = archive.entries.get(form.entry)
  if (entry === undefined) throw new AppImageError('MANIFEST_MISSING')
  const content = readContent(archive.source, entry, greatestLength)
  try {
    return parseManifest(form.elements(content))
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new AppImageError('MANIFEST_MALFORMED', undefined, { cause: error })
  }
}

/** @throws AppImageError `MANIFEST_MALFORMED`, CodecError `AXML_…`, `PROTO_XML` */
export function parseManifest(elements: Iterable<AxmlElement>): ApkManifest {
  let root: AxmlElement | undefined
  let application: AxmlElement | undefined
  let targetSdk: number | null = null
  let minSdk: number | null = null
  let needsSplits = false
  const distribution: AxmlElement[] = []
  for (const element of elements) {
    if (element.depth === 1) root = element
    if (element.depth === 3 && element.name === 'meta-data') needsSplits ||= saysSplitsRequired(element)
    if (element.namespace === distributionNamespace) distribution.push(element)
    if (element.depth !== 2 || element.namespace !== '') continue
    if (element.name === 'application') application ??= element
    if (element.name === 'uses-sdk') {
      // A device refuses the APK if any of several elements asks for more than it has.
      const declared = sdkLevel(attribute(element, ids.minSdkVersion))
      minSdk = declared === null ? minSdk : Math.max(minSdk ?? 1, declared)
      targetSdk ??= sdkLevel(attribute(element, ids.targetSdkVersion))
    }
  }
  if (root === undefined || root.name !== 'manifest' || root.namespace !== '') throw malformed()
  return {
    packageName: packageName(root),
    versionName: text(attribute(root, ids.versionName)),
    versionCode: integer(attribute(root, ids.versionCode), 0) >>> 0,
    versionCodeMajor: integer(attribute(root, ids.versionCodeMajor), 0) >>> 0,
    minSdk,
    targetSdk,
    targetSandboxVersion: integer(attribute(root, ids.targetSandboxVersion), 1),
    debuggable: flag(application && attribute(application, ids.debuggable)),
    testOnly: flag(application && attribute(application, ids.testOnly)),
    split: plainText(root, 'split') ?? null,
    configForSplit: plainText(root, 'configForSplit') ?? null,
    needsSplits: needsSplits || [root, application].some((each) => each && isSplitRequired(each)),
    delivery: deliveryOf(distribution),
  }
}

const distributionNamespace = 'http://schemas.android.com/apk/distribution'

/**
 * By default a module comes with the app, and bundletool packs it into the base unless the module says that it
 * may be removed.
 */
function deliveryOf(elements: readonly AxmlElement[]): Delivery {
  const named = (name: string) => elements.filter((element) => element.name === name)
  const says = (element: AxmlElement, name: string, value: string | boolean) =>
    element.attributes.some(
      (each) =>
        each.name === name &&
        (each.value.type === 'string' || each.value.type === 'boolean') &&
        String(each.value.value) === String(value),
    )
  if (named('module').some((module) => says(module, 'type', 'asset-pack'))) return 'asset-pack'
  const isOnDemand =
    named('on-demand').length > 0 ||
    named('fast-follow').length > 0 ||
    named('conditions').length > 0 ||
    named('module').some((module) => says(module, 'onDemand', true))
  if (isOnDemand) return 'on-demand'
  return named('removable').some((removable) => says(removable, 'value', true)) ? 'install-time' : 'fused'
}

/** @throws AppImageError `MANIFEST_MALFORMED` if the element has the attribute twice: readers would disagree. */
function attribute(element: AxmlElement, id: number): AxmlValue | undefined {
  const found = element.attributes.filter(({ resourceId }) => resourceId === id)
  if (found.length > 1) throw malformed()
  return found[0]?.value
}

function isSplitRequired(element: AxmlElement): boolean {
  return flag(attribute(element, ids.isSplitRequired))
}

/** What bundletool writes into a base whose code devices get in splits. */
function saysSplitsRequired(element: AxmlElement): boolean {
  const name = text(attribute(element, ids.name))
  return name === 'com.android.vending.splits.required' && flag(attribute(element, ids.value))
}

function packageName(root: AxmlElement): string {
  const name = plainText(root, 'package')
  if (name === undefined || name === '') throw malformed()
  return name
}

/** An attribute without namespace and resource id, such as `package`; undefined if it is left out. */
function plainText(root: AxmlElement, wanted: string): string | undefined {
  const found = root.attributes.filter(({ name, namespace }) => name === wanted && namespace === '')
  const value = found[0]?.value
  if (found.length > 1 || (value !== undefined && value.type !== 'string')) throw malformed()
  return value?.value
}

function integer(value: AxmlValue | undefined, absent: number): number {
  if (value === undefined) return absent
  if (value.type === 'integer') return value.value
  if (value.type === 'string' && /^-?[0-9]{1,10}$/.test(value.value)) return Number(value.value)
  throw malformed()
}

/** An SDK level, given as a number or, for a release in development, by its name. */
function sdkLevel(value: AxmlValue | undefined): number | null {
  if (value === undefined) return null
  if (value.type !== 'string' || /^[0-9]+$/.test(value.value)) return integer(value, 0)
  const level = sdkOfCodename(value.value)
  if (level === undefined) throw malformed()
  return level
}

function text(value: AxmlValue | undefined): string | null {
  if (value?.type === 'string') return value.value
  return value?.type === 'integer' ? String(value.value) : null
}

/** A value that depends on the device (a reference to a resource) counts as set. */
function flag(value: AxmlValue | undefined): boolean {
  switch (value?.type) {
    case undefined:
      return false
    case 'boolean':
      return value.value
    case 'integer':
      return value.value !== 0
    case 'string':
      return value.value !== 'false' && value.value !== '0' && value.value !== ''
    case 'reference':
    case 'other':
      return true
  }
}

function malformed(): AppImageError {
  return new AppImageError(
    'MANIFEST_MALFORMED',
    'AndroidManifest.xml lacks a required value, or states it twice',
  )
}
