import type { EvidenceSource } from '@assay/client'
import { decodeCompactJws } from '@assay/protocol'
import type { AndroidPhone } from '@assay/testkit'
import type { Attack } from '../../attack/attack.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import { onPhone, onPixelExactly } from '../../kinds/on-phone.ts'
import { allOf, everyOf } from '../../world/outcome.ts'
import type { HardwareWorld } from '../../world/world.ts'

const keys = 20

/** The chain is kept back: bans, limits and boot state hang on it, and Google's verdict names no key. */
export const leftOut: readonly Attack[] = [
  onPhone({
    id: 'ban-evaded-without-chain',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A banned phone sends only a Play verdict, and no chain that would identify it',
    oat: 'OAT-020',
    method:
      'a new installation key at an API that accepts affirming only; the twin is a phone that nobody banned',
    expected: onlyHardware(refusedWith('EVIDENCE_MISSING')),
    attack: async (world) => {
      const phone = withPlay(world)
      await ban(world, phone)
      return onPixelExactly(world, playAlone(phone))
    },
    twin: onPixelExactly,
  }),
  onPhone({
    id: 'farm-evaded-without-chain',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: `One phone gets tokens for ${keys} installation keys more than its limit, by Google Play only`,
    oat: 'OAT-019',
    method: 'Google signs a verdict for each of them; the twin shows the chain too, as often as it may',
    expected: onlyHardware(refusedWith('EVIDENCE_MISSING')),
    attack: async (world) => allOf(await enrolled(world, keys, playAlone(withPlay(world)))),
    twin: async (world) => everyOf(await enrolled(world, world.enrolmentsPerDay.device, withPlay(world))),
  }),
  onPhone({
    id: 'boot-state-hidden-by-play',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A phone with an unlocked boot loader withholds its chain, and its Play verdict is forged to pass',
    oat: 'OAT-020',
    method: 'modules for rooted phones do so; the chain would say that the boot loader is unlocked',
    expected: onlyHardware(refusedWith('EVIDENCE_MISSING')),
    attack: (world) => onPixelExactly(world, playAlone(world.phones.unlocked({ play: world.phones.play }))),
    twin: onPixelExactly,
  }),
]

const withPlay = ({ phones }: HardwareWorld) => phones.pixel({ play: phones.play })

/** The sources of a phone are its chain, then its verdict. */
function playAlone({ evidence }: AndroidPhone): { evidence: readonly EvidenceSource[] } {
  return { evidence: evidence.slice(1) }
}

/** The operator bans the phone by what the API knows of one of its installations. */
async function ban({ device, exacting, operator }: HardwareWorld, { evidence }: AndroidPhone): Promise<void> {
  const banned = await device({ evidence, audiences: { [exacting.url]: exacting.url } })
  try {
    const { token } = await banned.client.getToken(exacting.url)
    const { installation } = decodeCompactJws(token)?.payload as { installation: string }
    await operator.ban(exacting.url, installation)
  } finally {
    banned.close()
  }
}

async function enrolled(world: HardwareWorld, count: number, phone: { evidence: readonly EvidenceSource[] }) {
  const outcomes = []
  for (let i = 0; i < count; i++) outcomes.push(await onPixelExactly(world, phone))
  return outcomes
}
