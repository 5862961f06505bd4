import { memoryImage, type EvidenceSource, type MemorySegment } from '@assay/client'
import { apkSegments, createApkSigner, readZip, rebuildApk, type ApkSigner } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { findSecrets } from '../../found-secrets.ts'
import { evidenceOf } from '../../kinds/tampered-app.ts'
import { tryDevice } from '../../kinds/try-device.ts'
import { call } from '../../verdict.ts'
import { shop, type World } from '../../world.ts'

const hidden = 'assets/pristine.bin'

interface Patched {
  apk: Buffer
  signer: ApkSigner
  /** What it carries along to be measured. */
  copy: readonly MemorySegment[]
}

/** A patched app that carries the released one along. */
async function patch(release: Buffer): Promise<Patched> {
  const change = (name: string, content: Buffer) =>
    name === 'classes.dex' ? Buffer.concat([content, Buffer.from('evil')]) : content
  const signer = await createApkSigner('Repackager')
  const apk = await rebuildApk(release, { variant: 'as-is', change, put: { [hidden]: release } }, signer)
  const carried = (await readZip(apk)).find(({ name }) => name === hidden)
  if (carried === undefined) throw new Error('the copy is not in the app')
  return { apk, signer, copy: await apkSegments(carried.content) }
}

const made = new WeakMap<Buffer, Promise<Patched>>()

/** Made once of a released app: it is the same at every level. */
function patched({ apks: { release } }: World): Promise<Patched> {
  const app = made.get(release) ?? patch(release)
  made.set(release, app)
  return app
}

/** The patched app, on a device that gives `evidence`, shows the SDK what it carries. */
const measureCopy = (world: World, { copy }: Patched, evidence: readonly EvidenceSource[]) =>
  tryDevice(world, world.device({ apk: memoryImage(copy), evidence }))

export const pristineCopy: Attack = {
  id: 'pristine-copy',
  title: 'A patched app measures a pristine copy of itself',
  oat: 'OAT-020',
  method: 'the repackaged APK holds the released one as an asset, and the SDK is given its bytes to read',
  run: {
    unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
    'embedded-secret': async (world) => {
      const [secret = ''] = await findSecrets((await patched(world)).apk)
      return { attack: await call(world.apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }) }
    },
    assay: async (world) => ({ attack: await measureCopy(world, await patched(world), []) }),
    'assay-hardware': async (world) => {
      const app = await patched(world)
      return {
        attack: await measureCopy(world, app, evidenceOf(world, app.signer)),
        twin: await tryDevice(world, world.device()),
      }
    },
  },
}
