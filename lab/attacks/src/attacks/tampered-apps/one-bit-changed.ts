import { rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

export const oneBitChanged = tamperedApk({
  id: 'one-bit-changed',
  title: 'One bit of the app is another',
  oat: 'OAT-020',
  method: 'in the middle of classes.dex; the APK is signed with the genuine key',
  tamper({ apks, signer }) {
    const change = (name: string, content: Buffer) => {
      if (name !== 'classes.dex') return content
      const changed = Buffer.from(content)
      const middle = Math.floor(changed.length / 2)
      changed[middle] = (changed[middle] as number) ^ 1
      return changed
    }
    return rebuildApk(apks.release, { variant: 'as-is', change }, signer)
  },
})
