import { AssayClientError, memoryImage } from '@assay/client'
import { createSoftwareKey, type DeviceOptions, type SoftwareKey } from '@assay/testkit'
import { without } from '../../attack/sdks.ts'
import type { Attack } from '../../attack/attack.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import { outcomeOfExchange } from '../../world/call.ts'
import { allOf, served, type Outcome } from '../../world/outcome.ts'
import type { HardwareWorld, Support } from '../../world/world.ts'

/** Somebody who calls: a phone that leaves its evidence out, with the genuine app unless it says otherwise. */
type Caller = { key: SoftwareKey } & Partial<Pick<DeviceOptions, 'apk' | 'build' | 'evidence'>>

/** What the app gets when it is opened and asks for a token, and the trace that its user reads out. */
async function complaint(caller: Caller, world: HardwareWorld): Promise<{ outcome: Outcome; trace: string }> {
  const device = await world.device({ evidence: [], ...caller })
  try {
    await device.client.getToken(world.apis.orders.url)
    return { outcome: served(), trace: '' }
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return { outcome: await outcomeOfExchange(device, error, world), trace: error.trace ?? '' }
  } finally {
    device.close()
  }
}

/** The caller is refused, talks support into letting them through, and asks again. Support knows the key that it sees. */
async function talk(
  caller: Caller,
  world: HardwareWorld,
  support: Support,
  stated: { trace?: string } = {},
): Promise<Outcome[]> {
  const { trace } = await complaint(caller, world)
  const order = { key: caller.key.thumbprint, audience: world.apis.orders.url, trace: stated.trace ?? trace }
  return [await support.letThrough(order), (await complaint(caller, world)).outcome]
}

/** The app with a zero byte more. */
function changed({ builds: { release } }: HardwareWorld) {
  return memoryImage(
    release.segments.map((segment) =>
      segment.name === 'classes.dex'
        ? { ...segment, bytes: Buffer.concat([segment.bytes, Buffer.alloc(1)]) }
        : segment,
    ),
  )
}

/** Somebody with a good story on the phone, and an agent who does what their key allows. */
export const talkedInto: readonly Attack[] = [
  {
    id: 'support-talked-into',
    sdks: without('at-the-service'),
    title: 'Somebody on the phone talks support into letting a changed app, or a banned phone, through',
    oat: 'OAT-020',
    method:
      'a changed app, a banned phone, one that the app excludes by its tier, and a changed app with the trace of a genuine phone; through if support lets one through, or one then gets a token; twin: the genuine phone, which only the policy refuses, once the operator admits its tier',
    expected: onlyHardware(
      refusedWith(
        'HARDWARE_EVIDENCE_MISSING,INSTALLATION_BANNED,SOFTWARE_SEGMENT_MISMATCH,let_through_not_refused,let_through_tier_excluded',
      ),
    ),
    run: {
      'assay-hardware': async (world) => {
        const { operator } = world
        const support = await operator.support()
        const genuine = { key: createSoftwareKey() }
        const banned = { key: createSoftwareKey() }
        const tampered = { key: createSoftwareKey(), apk: changed(world) }
        try {
          const excluded = await talk(genuine, world, support)
          await operator.admitForSupport(['warning', 'contraindicated'])
          const { trace } = await complaint(genuine, world)
          const attempts = [
            ...excluded,
            ...(await talk(tampered, world, support)),
            ...(await talk(tampered, world, support, { trace })),
          ]
          await operator.banKey(banned.key.thumbprint)
          attempts.push(...(await talk(banned, world, support)))
          const twin = await talk(genuine, world, support)
          return { attack: allOf(attempts), twin: twin.find(({ through }) => !through) ?? served() }
        } finally {
          await operator.admitForSupport(['warning'])
        }
      },
    },
  },
]
