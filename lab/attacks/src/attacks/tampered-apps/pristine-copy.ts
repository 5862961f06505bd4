import { apkSegments, createApkSigner, readZip, rebuildApk } from '@assay/testkit'
import { memoryImage } from '@assay/client'
import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { call, callFrom } from '../../verdict.ts'
import { shop, type World } from '../../world.ts'

const hidden = 'assets/pristine.bin'

/** A patched app that carries the released one along. */
async function patched({ apks }: World): Promise<Buffer> {
  const change = (name: string, content: Buffer) =>
    name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
  const signer = await createApkSigner('Repackager')
  return rebuildApk(apks.release, { variant: 'as-is', change, put: { [hidden]: apks.release } }, signer)
}

export const pristineCopy: Attack = {
  id: 'pristine-copy',
  title: 'A patched app measures a pristine copy of itself',
  oat: 'OAT-020',
  method: 'the repackaged APK holds the released one as an asset, and the SDK is given its bytes to read',
  run: {
    unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
    'embedded-secret': async (world) => {
      const [secret = ''] = await findSecrets(await patched(world))
      return { attack: await call(world.apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }) }
    },
    'assay-software': async (world) => {
      const carried = (await readZip(await patched(world))).find(({ name }) => name === hidden)
      if (carried === undefined) throw new Error('the copy is not in the app')
      const device = await world.device({ apk: memoryImage(await apkSegments(carried.content)) })
      try {
        return { attack: await callFrom(device, world.apis.orders, world) }
      } finally {
        device.close()
      }
    },
  },
}
