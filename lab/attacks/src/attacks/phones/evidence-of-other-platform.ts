import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const evidenceOfOtherPlatform = onPhone({
  id: 'evidence-of-other-platform',
  title: 'A genuine iPhone vouches for the Android app',
  oat: 'OAT-020',
  method: "an attestation of Apple for the owner's iOS app, in an answer for the Android app",
  attack: (world) => onPixel(world, world.phones.iphone()),
})
