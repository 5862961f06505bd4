import { onIphone, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../verdict.ts'

export const evidenceLeftOut = onPhone({
  id: 'evidence-left-out',
  title: 'Downgrade: whoever answers has no phone, lists no evidence and sends none',
  oat: 'OAT-020',
  method: 'the measurement is sound, and all of it is signed; for the Android app and the iOS app',
  attack: async (world) => {
    const none = { evidence: [] }
    return allOf([await onPixel(world, none), await onIphone(world, none)])
  },
  twin: async (world) => everyOf([await onPixel(world), await onIphone(world)]),
})
