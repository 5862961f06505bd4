import { memoryImage, type EvidenceSource, type MemorySegment } from '@assay/client'
import { apkSegments, createApkSigner, type ApkSigner } from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import { findSecrets } from './stolen.ts'
import { call } from '../world/call.ts'
import { shop, type HardwareWorld, type World } from '../world/world.ts'
import { tryDevice } from './device-with-build.ts'

interface TamperedApk extends About {
  /** The owner of the signing key. Default: the app's owner, so that only the code differs. */
  by?: 'owner' | 'stranger'
  /** The tampered app. */
  tamper: (world: World, signer: ApkSigner) => Promise<Buffer>
}

interface Made {
  apk: Buffer
  segments: readonly MemorySegment[]
  signer: ApkSigner
}

/** A changed app calls the API, and answers the service from its own bytes. */
export function tamperedApk({ tamper, by = 'owner', ...about }: TamperedApk): Attack {
  // The app is made only once, because it is the same at every level.
  const made = new WeakMap<Buffer, Promise<Made>>()
  const make = async (world: World): Promise<Made> => {
    const signer = by === 'owner' ? world.signer : await createApkSigner('Repackager')
    const apk = await tamper(world, signer)
    return { apk, segments: await apkSegments(apk), signer }
  }
  const madeIn = (world: World): Promise<Made> => {
    const app = made.get(world.apks.release) ?? make(world)
    made.set(world.apks.release, app)
    return app
  }
  return {
    ...about,
    run: {
      unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
      'embedded-secret': async (world) => ({
        attack: await callWithSecretOf((await madeIn(world)).apk, world),
      }),
      assay: async (world) => tryImage(world, (await madeIn(world)).segments, []),
      'assay-hardware': async (world) => {
        const { segments, signer } = await madeIn(world)
        return tryImage(world, segments, evidenceOf(world, signer))
      },
    },
  }
}

/** A genuine phone's statement about an app signed with this key. */
export function evidenceOf({ phones }: HardwareWorld, { sha256 }: ApkSigner): readonly EvidenceSource[] {
  return phones.pixel({ app: { ...phones.installed, signers: [sha256] } }).evidence
}

interface TamperedImage extends About {
  /** The segments that the tampered app shows. */
  tamper: (segments: readonly MemorySegment[]) => readonly MemorySegment[]
}

/** Like `tamperedApk`, for changes of the segments, which affect only the measurement. */
export function tamperedImage({ tamper, ...about }: TamperedImage): Attack {
  return {
    ...about,
    run: {
      assay: async (world) => tryImage(world, tamper(world.builds.release.segments), world.evidence()),
    },
  }
}

async function tryImage(
  world: World,
  segments: readonly MemorySegment[],
  evidence: readonly EvidenceSource[],
) {
  return {
    attack: await tryDevice(world, world.device({ apk: memoryImage(segments), evidence })),
    twin: await tryDevice(world, world.device()),
  }
}

/** The secret is in the tampered app as it was in the released one. */
async function callWithSecretOf(apk: Buffer, { apis }: World) {
  const [secret = ''] = await findSecrets(apk)
  return call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } })
}
