import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const keyboxSuspended = onPhone({
  id: 'keybox-suspended',
  title: 'A keybox that Google has suspended makes chains',
  oat: 'OAT-019',
  method: 'that of a batch from the factory; it stands in the status list as SUSPENDED',
  attack: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.keyboxes.suspended })),
})
