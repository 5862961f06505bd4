import { onPhone, onPixelWithPlay } from '../../kinds/on-phone.ts'
import { allOf } from '../../verdict.ts'

export const playOtherPackage = onPhone({
  id: 'play-other-package',
  title: 'A Play token about another package, or one that another app has asked for',
  oat: 'OAT-020',
  method:
    'signed and encrypted by Google for the genuine client data; also about the package under another key',
  attack: async (world) =>
    allOf([
      await onPixelWithPlay(world, 'other-request-package'),
      await onPixelWithPlay(world, 'other-package'),
      await onPixelWithPlay(world, 'other-signer'),
    ]),
  twin: (world) => onPixelWithPlay(world),
})
