import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const keyboxRevoked = onPhone({
  id: 'keybox-revoked',
  title: 'A leaked keybox that Google has revoked makes chains',
  oat: 'OAT-019',
  method: 'its attestation certificate stands in the status list',
  attack: (world) => onPixel(world, world.phones.pixel({ keybox: world.phones.keyboxes.revoked })),
})
