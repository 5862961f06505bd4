import { onPhone, onPixel } from '../../kinds/on-phone.ts'

export const phonesSplicedAlike = onPhone({
  id: 'phones-spliced-alike',
  title: 'The chain is of one genuine phone, the Play verdict of another with the same version',
  oat: 'OAT-019',
  method: 'both vouch for the same client data: nothing that either states tells the phones apart',
  attack: (world) => {
    const { phones } = world
    const [one, other] = [phones.pixel(), phones.pixel({ play: phones.play })]
    const [chain] = one.evidence
    const [, verdict] = other.evidence
    return onPixel(world, { evidence: [chain, verdict].filter((source) => source !== undefined) })
  },
})
