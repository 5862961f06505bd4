import { memoryImage, type EvidenceSource } from '@assay/client'
import { apkSegments, createApkSigner, readZip, rebuildApk, type ApkSigner } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { evidenceOf } from '../../kinds/tampered-app.ts'
import { tryDevice } from '../../kinds/try-device.ts'
import { call } from '../../verdict.ts'
import { shop, type World } from '../../world.ts'

const hidden = 'assets/pristine.bin'

/** A patched app that carries the released one along. */
async function patched({ apks }: World, signer?: ApkSigner): Promise<Buffer> {
  const change = (name: string, content: Buffer) =>
    name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
  const put = { [hidden]: apks.release }
  return rebuildApk(
    apks.release,
    { variant: 'as-is', change, put },
    signer ?? (await createApkSigner('Repackager')),
  )
}

/** The patched app, on a device that gives `evidence`, shows the SDK what it carries. */
async function measureCopy(world: World, apk: Buffer, evidence: readonly EvidenceSource[]) {
  const carried = (await readZip(apk)).find(({ name }) => name === hidden)
  if (carried === undefined) throw new Error('the copy is not in the app')
  const image = memoryImage(await apkSegments(carried.content))
  return tryDevice(world, world.device({ apk: image, evidence }))
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
    assay: async (world) => ({ attack: await measureCopy(world, await patched(world), []) }),
    'assay-hardware': async (world) => {
      const signer = await createApkSigner('Repackager')
      const evidence = evidenceOf(world, signer)
      return {
        attack: await measureCopy(world, await patched(world, signer), evidence),
        twin: await tryDevice(world, world.device()),
      }
    },
  },
}
