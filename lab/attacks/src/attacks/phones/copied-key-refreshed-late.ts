import { setTimeout as wait } from 'node:timers/promises'
import { createSoftwareKey, type SoftwareKey } from '@assay/testkit'
import { onPhone } from '../../kinds/on-phone.ts'
import { tryDevice } from '../../kinds/try-device.ts'
import { hastyAge, type HardwareWorld } from '../../world.ts'

const audiencesOf = ({ hasty }: HardwareWorld) => ({ [hasty.url]: hasty.url })

const enrol = (world: HardwareWorld, key: SoftwareKey) =>
  tryDevice(world, world.device({ key, audiences: audiencesOf(world) }), world.hasty)

/** A thief has the key and no phone. */
const refresh = (world: HardwareWorld, key: SoftwareKey) =>
  tryDevice(world, world.device({ key, audiences: audiencesOf(world), evidence: [] }), world.hasty)

export const copiedKeyRefreshedLate = onPhone({
  id: 'copied-key-refreshed-late',
  title: 'The same after the age that the policy allows to hardware evidence',
  oat: 'OAT-019',
  method: `a policy of ${hastyAge} seconds stands for one of a day; the twin refreshes within it`,
  attack: async (world) => {
    const key = createSoftwareKey()
    await enrol(world, key)
    await wait((hastyAge + 1) * 1000)
    return refresh(world, key)
  },
  twin: async (world) => {
    const key = createSoftwareKey()
    await enrol(world, key)
    return refresh(world, key)
  },
})
