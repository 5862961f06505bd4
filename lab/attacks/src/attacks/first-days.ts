import { memoryImage, type MemorySegment } from '@assay/client'
import type { Attack } from '../attack/attack.ts'
import { noHardware, notApplicable, onlyAssay, refusedWith } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { evidenceOf } from '../kinds/tampered-app.ts'
import { createApkSigner } from '@assay/testkit'

/** What differs from the registered build, whoever has changed it. */
const changed = (segments: readonly MemorySegment[]): MemorySegment[] =>
  segments.map((segment) =>
    segment.name === 'classes.dex'
      ? { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.from('changed')]) }
      : segment,
  )

/** The days after a release in which devices are served although their code differs. */
export const firstDays: readonly Attack[] = [
  {
    id: 'patched-during-first-days',
    sdks: { kotlin: 'same-to-an-sdk', swift: 'android-only' },
    title: 'A patched app attests in the first days of a release, in which code that differs is served',
    oat: 'OAT-020',
    method:
      'on a genuine Pixel, signed anew, as whoever changes an app must sign it; the twin differs as much, as the store delivers it, under the signer of the owner. What changes the code of the owner’s app in memory is served as before',
    expected: onlyAssay(noHardware, notApplicable(noHardware), refusedWith('ANDROID_KEY_SIGNER')),
    run: {
      'assay-hardware': async (world) => {
        const build = 'first-days'
        await world.operator.register(world.apks.release, { id: build, firstDays: 3600 })
        const apk = memoryImage(changed(world.builds.release.segments))
        const stranger = evidenceOf(world, await createApkSigner('Repackager'))
        return {
          attack: await tryDevice(world, world.device({ build, apk, evidence: stranger })),
          twin: await tryDevice(world, world.device({ build, apk, evidence: world.phones.pixel().evidence })),
        }
      },
    },
  },
]
