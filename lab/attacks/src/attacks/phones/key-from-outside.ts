import { onFaultyPixels, onPhone } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const keyFromOutside = onPhone({
  id: 'key-from-outside',
  title: "A genuine phone attests a key that is not its app's alone",
  oat: 'OAT-020',
  method: 'imported instead of made there; allowed to attest others; open to every app on the phone',
  attack: async (world) =>
    allOf(await onFaultyPixels(world, ['imported-key', 'key-that-attests', 'all-applications'])),
})
