import { readZip, rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

const manifest = 'AndroidManifest.xml'

export const manifestMadeDebuggable = tamperedApk({
  id: 'manifest-made-debuggable',
  title: 'The app is repackaged with another manifest, its code untouched',
  oat: 'OAT-020',
  method:
    'android:debuggable is set, so that a debugger may attach; the manifest is no part of the code image; under a new key',
  by: 'stranger',
  async tamper({ apks }, signer) {
    const found = (await readZip(apks.published)).find(({ name }) => name === manifest)
    if (found === undefined) throw new Error('there is no manifest')
    return rebuildApk(apks.release, { variant: 'as-is', put: { [manifest]: found.content } }, signer)
  },
})
