import { writeProtoXml } from './write-proto-xml.ts'
import { readZip, writeZip } from './zip.ts'

/**
 * An app bundle with the files of an APK in its base, as bundletool would place them and compressed as there, under a manifest
 * that says no more than which app it is.
 */
export async function bundleOfApk(apk: Buffer, packageName: string): Promise<Buffer> {
  const manifest = writeProtoXml({
    name: 'manifest',
    attributes: [
      { name: 'versionCode', id: 0x0101021b, value: 1 },
      { name: 'versionName', id: 0x0101021c, value: '1.0' },
      { name: 'package', value: packageName },
    ],
    children: [{ name: 'application' }],
  })
  const files = (await readZip(apk)).flatMap(({ name, ...content }) => {
    if (name.startsWith('META-INF/') || name === 'AndroidManifest.xml') return []
    return [{ name: `base/${placeOf(name)}`, ...content }]
  })
  return writeZip([
    { name: 'BundleConfig.pb', content: Buffer.from('config'), stored: true },
    { name: 'base/manifest/AndroidManifest.xml', content: Buffer.from(manifest), stored: false },
    ...files,
  ])
}

function placeOf(name: string): string {
  if (/^[^/]+\.dex$/.test(name)) return `dex/${name}`
  return /^(?:assets|lib|res)\//.test(name) ? name : `root/${name}`
}
