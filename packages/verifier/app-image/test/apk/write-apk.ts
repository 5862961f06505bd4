import { writeAxml } from '@assay/testkit/axml'
import type { AttributeTemplate, ElementTemplate } from '@assay/testkit/axml'
import { writeZip } from '../zip/write-zip.ts'
import type { EntryTemplate } from '../zip/write-zip.ts'

const ids = {
  debuggable: 0x0101000f,
  minSdkVersion: 0x0101020c,
  versionCode: 0x0101021b,
  versionName: 0x0101021c,
  targetSdkVersion: 0x01010270,
  testOnly: 0x01010272,
  targetSandboxVersion: 0x0101054c,
  versionCodeMajor: 0x01010576,
} as const
export type ManifestField = keyof typeof ids

/** An attribute of the `android:` namespace. */
export function androidAttribute(name: ManifestField, value: AttributeTemplate['value']): AttributeTemplate {
  return { name, id: ids[name], value }
}

export type ManifestTemplate = Partial<Record<ManifestField, AttributeTemplate['value']>>

const place: Record<ManifestField, 'manifest' | 'uses-sdk' | 'application'> = {
  debuggable: 'application',
  minSdkVersion: 'uses-sdk',
  versionCode: 'manifest',
  versionName: 'manifest',
  targetSdkVersion: 'uses-sdk',
  testOnly: 'application',
  targetSandboxVersion: 'manifest',
  versionCodeMajor: 'manifest',
}

/** The manifest of `com.example.app` with these attributes. */
export function manifestOf(template: ManifestTemplate): ElementTemplate {
  const at = (where: string): AttributeTemplate[] =>
    (Object.keys(template) as ManifestField[])
      .filter((name) => place[name] === where)
      .map((name) => androidAttribute(name, template[name]!))
  return {
    name: 'manifest',
    attributes: [...at('manifest'), { name: 'package', value: 'com.example.app' }],
    children: [
      { name: 'uses-sdk', attributes: at('uses-sdk') },
      { name: 'application', attributes: at('application') },
    ],
  }
}

export const usualManifest: ManifestTemplate = {
  versionCode: 7,
  versionName: '1.2',
  minSdkVersion: 24,
  targetSdkVersion: 35,
}

/** An unsigned APK. */
export function writeApk(
  entries: readonly EntryTemplate[] = [{ name: 'classes.dex', content: 'dex' }],
  manifest: ManifestTemplate = usualManifest,
): Buffer {
  return writeZip([{ name: 'AndroidManifest.xml', content: writeAxml(manifestOf(manifest)) }, ...entries])
}
