import { rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

export const sdkOlder = tamperedApk({
  id: 'sdk-older',
  title: 'An older SDK is put into the app',
  oat: 'OAT-020',
  method:
    "the SDK's files are those of a version before, which checked less; app and build are named as they are",
  tamper({ apks, signer }) {
    const older = Buffer.from('// 0.0.1\nexport function createAssayClient() {}\n')
    const change = (name: string, content: Buffer) =>
      name.startsWith('assets/assay/client/') ? older : content
    return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
  },
})
