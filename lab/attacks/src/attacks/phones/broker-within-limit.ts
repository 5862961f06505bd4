import { onPhone, onPixel } from '../../kinds/on-phone.ts'
import { everyOf } from '../../verdict.ts'

export const brokerWithinLimit = onPhone({
  id: 'broker-within-limit',
  title: "A genuine phone vouches for a script's keys, up to the day's limit",
  oat: 'OAT-019',
  method:
    'a hooked app has the phone attest remote keys; three a day may be new, as the app is registered here',
  attack: async (world) => {
    const phone = world.phones.pixel()
    const { device: limit } = world.enrolmentsPerDay
    const verdicts = []
    for (let i = 0; i < limit; i++) verdicts.push(await onPixel(world, phone))
    return everyOf(verdicts)
  },
})
