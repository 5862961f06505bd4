import { always, onPhone, onPixel } from '../../kinds/on-phone.ts'

const format = 'android-key-attestation'

export const phonesSpliced = onPhone({
  id: 'phones-spliced',
  title: 'The chain is spliced from those of two phones',
  oat: 'OAT-020',
  method: 'both for the same client data: the leaf of one, and the certificates above it of the other',
  attack: (world) => {
    const [one, other] = [world.phones.pixel(), world.phones.pixel()]
    const source = always(format, (binding) => {
      const [leaf, above] = [one, other].map((phone) => phone.attest(binding)['chain'] as string[])
      return { format, chain: [leaf?.[0], ...(above ?? []).slice(1)] }
    })
    return onPixel(world, { evidence: [source] })
  },
})
