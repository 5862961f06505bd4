import { rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

export const repackagedInNode = tamperedApk({
  id: 'repackaged-in-node',
  title: 'The app is repackaged with changed code under another key',
  oat: 'OAT-020',
  method: 'classes.dex gets bytes of its own, the APK is zipped again and signed (scheme v2) with a new key',
  by: 'stranger',
  tamper({ apks }, signer) {
    const change = (name: string, content: Buffer) =>
      name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
    return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
  },
})
