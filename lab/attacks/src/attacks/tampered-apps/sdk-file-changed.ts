import { rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

export const sdkFileChanged = tamperedApk({
  id: 'sdk-file-changed',
  title: "The SDK's own file in the app is changed",
  oat: 'OAT-020',
  method: "the SDK's check of plans is made to return at once; nothing else of the app is touched",
  tamper({ apks, signer }) {
    const change = (name: string, content: Buffer) =>
      name.endsWith('/check-plan-fits.js')
        ? Buffer.from(content.toString('latin1').replace('must(', 'void ('), 'latin1')
        : content
    return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
  },
})
