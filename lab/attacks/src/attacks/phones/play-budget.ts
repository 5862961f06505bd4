import { randomBytes } from 'node:crypto'
import type { EvidenceSource } from '@assay/client'
import type { Attack, Attempt } from '../../attack/attack.ts'
import type { Outcome } from '../../world/outcome.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import { always } from '../../kinds/on-phone.ts'
import { tryDevice } from '../../kinds/device-with-build.ts'
import { refused, served } from '../../world/outcome.ts'
import type { HardwareWorld, Ration } from '../../world/world.ts'

/** Only Google can tell junk from a token, and the operator has so many calls a day. */
export const playBudget: readonly Attack[] = [
  {
    id: 'play-budget-drained',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title:
      'A copy of the app sends junk for Play tokens, until genuine phones get no answer for the rest of the day',
    oat: 'OAT-015',
    method: 'no phone is needed; a genuine phone, whose chain holds, enrols before and after',
    expected: onlyHardware(refusedWith('PLAY_INTEGRITY_UNDECODABLE,temporarily_unavailable')),
    run: { 'assay-hardware': drain },
  },
  {
    id: 'play-budget-drained-to-skip-play',
    sdks: { kotlin: 'needs-play', swift: 'android-only' },
    title: 'A phone that Google would not recognise uses up the calls, so that nobody asks Google about it',
    oat: 'OAT-020',
    method:
      'its chain holds, by a leaked key; the operator said to go on without a verdict, at an API that accepts affirming only',
    expected: onlyHardware(refusedWith('PLAY_BUDGET_SPENT')),
    run: { 'assay-hardware': skip },
  },
]

const junk: EvidenceSource = always('play-integrity', () => ({
  format: 'play-integrity',
  token: randomBytes(400).toString('base64url'),
}))

async function drain(world: HardwareWorld): Promise<Attempt> {
  const ration = await world.ration('refuse')
  const twin = await enrol(world, ration, genuine(world).evidence)
  const codes = new Set<string>()
  for (let i = 0; i <= ration.calls; i++) {
    const { code } = await enrol(world, ration, [junk])
    if (code !== null) codes.add(code)
  }
  const after = await enrol(world, ration, genuine(world).evidence)
  return { attack: after.through ? refused(503, [...codes].sort().join(',')) : served(), twin }
}

async function skip(world: HardwareWorld): Promise<Attempt> {
  const ration = await world.ration('warn')
  const twin = await enrol(world, ration, genuine(world).evidence)
  for (let i = 0; i < ration.calls; i++) await enrol(world, ration, [junk])
  // The reserve takes phones whose chain holds.
  for (let i = 0; i < ration.calls; i++)
    await enrol(world, ration, [world.phones.pixel().evidence[0] as EvidenceSource, junk])
  const phone = genuine(world)
  phone.faults.playIntegrity = 'no-device-integrity'
  return { attack: await enrol(world, ration, phone.evidence), twin }
}

const genuine = ({ phones }: HardwareWorld) => phones.pixel({ play: phones.play, playRequest: 'standard' })

function enrol(
  world: HardwareWorld,
  { device, target }: Ration,
  evidence: readonly EvidenceSource[],
): Promise<Outcome> {
  return tryDevice(world, device(evidence), target)
}
