import { onFaultyPixels, onPhone, onPixel } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const keystoreInSoftware = onPhone({
  id: 'keystore-in-software',
  title: 'An emulator attests its keys by the software keystore',
  oat: 'OAT-005',
  method: "Android's published root; also a phone whose hardware says that key or attestation are software's",
  attack: async (world) =>
    allOf([
      await onPixel(world, world.phones.emulator()),
      ...(await onFaultyPixels(world, ['software-key', 'software-attestation'])),
    ]),
})
