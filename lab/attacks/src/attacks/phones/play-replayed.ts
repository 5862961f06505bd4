import { always, onPhone, onPixel, onPixelWithPlay } from '../../kinds/on-phone.ts'

const otherBinding = 'Zk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'

export const playReplayed = onPhone({
  id: 'play-replayed',
  title: 'A Play token that was given for other client data is sent again',
  oat: 'OAT-006',
  method:
    "fresh, of the genuine app on a genuine phone; the chain beside it is for the attacker's client data",
  attack: async (world) => {
    const phone = world.phones.pixel({ play: world.phones.play })
    const before = await phone.verdict(otherBinding)
    const chain = always('android-key-attestation', (binding) => phone.attest(binding))
    return onPixel(world, { evidence: [chain, always('play-integrity', () => before)] })
  },
  twin: (world) => onPixelWithPlay(world),
})
