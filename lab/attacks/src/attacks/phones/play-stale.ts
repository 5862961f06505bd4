import { onPhone, onPixelWithPlay } from '../../kinds/on-phone.ts'

export const playStale = onPhone({
  id: 'play-stale',
  title: 'A Play token that was given an hour ago',
  oat: 'OAT-006',
  method: 'for this very client data; the app is registered for verdicts of the last ten minutes',
  attack: (world) => onPixelWithPlay(world, 'stale'),
  twin: (world) => onPixelWithPlay(world),
})
