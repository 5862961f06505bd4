import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const evidenceRepeated = onPhone({
  id: 'evidence-repeated',
  title: 'Two chains, in the hope that one is verified and the other believed',
  oat: 'OAT-020',
  method: 'that of a genuine phone first, and that of an unlocked one',
  attack: (world) => {
    const evidence = [world.phones.pixel(), world.phones.unlocked()].flatMap((phone) => phone.evidence)
    return onPixel(world, { evidence })
  },
})
