import { memoryImage } from '@assay/client'
import { createSoftwareKey } from '@assay/testkit'
import { onIphone, onPhone } from '../../kinds/on-phone.ts'
import type { HardwareWorld, InstalledBuild } from '../../world.ts'

/** An installation enrols with the newer build, and refreshes with this one. */
async function refreshWith(world: HardwareWorld, { id, segments }: InstalledBuild) {
  const key = createSoftwareKey()
  const phone = world.phones.iphone()
  await onIphone(world, phone, { key })
  return onIphone(world, phone, { key, build: id, apk: memoryImage(segments) })
}

export const olderBuildOnIphone = onPhone({
  id: 'older-build-on-iphone',
  title: 'Downgrade: an installation goes back to an older build, whose weakness is known',
  oat: 'OAT-014',
  method:
    'registered, not retired, and no minimum version is set; the phone remembers nothing, the service does',
  attack: (world) => refreshWith(world, world.ios.builds[0]),
  twin: (world) => refreshWith(world, world.ios.builds[1]),
})
