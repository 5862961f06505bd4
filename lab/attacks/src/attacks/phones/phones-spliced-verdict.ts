import { onPhone, onPixelWithPlay } from '../../kinds/on-phone.ts'

export const phonesSplicedVerdict = onPhone({
  id: 'phones-spliced-verdict',
  title: 'The chain is of one phone, the Play verdict of another, with an older app on it',
  oat: 'OAT-020',
  method: 'each genuine, both for the same client data; they state different versions',
  attack: (world) => onPixelWithPlay(world, 'other-version'),
  twin: (world) => onPixelWithPlay(world),
})
