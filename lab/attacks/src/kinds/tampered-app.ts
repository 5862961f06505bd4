import type { Attack } from '../attack.ts'
import { memoryImage, type MemorySegment } from '@assay/client'
import { apkSegments } from '@assay/testkit'
import { findSecrets } from '../found-secrets.ts'
import { call, callFrom } from '../verdict.ts'
import { shop, type World } from '../world.ts'
import type { About } from './about.ts'

interface TamperedApk extends About {
  /** The tampered app. */
  tamper: (world: World) => Promise<Buffer>
}

/** An app that is not the released one any more calls the API, and answers the service from its own bytes. */
export function tamperedApk({ tamper, ...about }: TamperedApk): Attack {
  const made = new WeakMap<World, Promise<Buffer>>()
  const apkOf = (world: World): Promise<Buffer> => {
    const apk = made.get(world) ?? tamper(world)
    made.set(world, apk)
    return apk
  }
  return {
    ...about,
    run: {
      unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
      'embedded-secret': async (world) => ({ attack: await callWithSecretOf(await apkOf(world), world) }),
      'assay-software': async (world) => tryImage(world, await apkSegments(await apkOf(world))),
    },
  }
}

interface TamperedImage extends About {
  /** The segments that the tampered app shows. */
  tamper: (segments: readonly MemorySegment[]) => readonly MemorySegment[]
}

/** As `tamperedApk`, for changes to how the code is divided, which matter to the measurement only. */
export function tamperedImage({ tamper, ...about }: TamperedImage): Attack {
  return {
    ...about,
    run: { 'assay-software': async (world) => tryImage(world, tamper(world.builds.release.segments)) },
  }
}

async function tryImage(world: World, segments: readonly MemorySegment[]) {
  const from = async (shown: readonly MemorySegment[]) => {
    const device = await world.device({ apk: memoryImage(shown) })
    try {
      return await callFrom(device, world.apis.orders, world)
    } finally {
      device.close()
    }
  }
  return { attack: await from(segments), twin: await from(world.builds.release.segments) }
}

/** The secret is in the tampered app as it was in the released one. */
async function callWithSecretOf(apk: Buffer, { apis }: World) {
  const [secret = ''] = await findSecrets(apk)
  return call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } })
}
