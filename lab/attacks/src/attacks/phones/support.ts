import { AssayClientError, memoryImage, type EvidenceSource } from '@assay/client'
import { createSoftwareKey, type DeviceOptions, type SoftwareKey } from '@assay/testkit'
import { without } from '../../attack/sdks.ts'
import type { Attack } from '../../attack/attack.ts'
import { onlyHardware, refusedWith } from '../../attack/expected.ts'
import { outcomeOfExchange } from '../../world/call.ts'
import { allOf, everyOf, served, type Outcome } from '../../world/outcome.ts'
import type { HardwareWorld, Support, Target } from '../../world/world.ts'

/** Somebody who calls: a phone that leaves its evidence out, with the genuine app unless it says otherwise. */
interface Caller extends Partial<Pick<DeviceOptions, 'apk' | 'build' | 'evidence'>> {
  readonly key: SoftwareKey
  /** The API that refuses it. Default: the orders API. */
  readonly target?: Target
}

/** What the app gets when it is opened and asks for a token, and the trace that its user reads out. */
async function complaint(caller: Caller, world: HardwareWorld): Promise<{ outcome: Outcome; trace: string }> {
  const { target = world.apis.orders, ...options } = caller
  const { url } = target
  const device = await world.device({ evidence: [], audiences: { [url]: url }, ...options })
  try {
    await device.client.getToken(url)
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
  const { url: audience } = caller.target ?? world.apis.orders
  const order = { key: caller.key.thumbprint, audience, trace: stated.trace ?? trace }
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

/**
 * The first days of a release, in which code that differs is worth a warning where hardware vouches for the app: the
 * owner's app on a genuine phone, with other code in it.
 */
async function inFirstDays(world: HardwareWorld, support: Support, id: string) {
  const { exacting: target, phones, operator, apks } = world
  await operator.register(apks.release, { id, firstDays: 3600 })
  const [chain, verdict] = phones.pixel({ play: phones.play }).evidence as [EvidenceSource, EvidenceSource]
  const genuine = () => ({ target, build: id, key: createSoftwareKey(), evidence: [verdict] })
  const measuredWrong = { apk: changed(world), evidence: [chain, verdict] }
  return {
    /** The policy refuses it, which support sets aside. */
    genuine: () => talk(genuine(), world, support),
    /** It calls with other code from the beginning. */
    patched: () => talk({ ...genuine(), ...measuredWrong }, world, support),
    /** It comes with other code than it had when it was let through. */
    patchedSince: async () => {
      const caller = genuine()
      const { trace } = await complaint(caller, world)
      const allowed = await support.letThrough({ key: caller.key.thumbprint, audience: target.url, trace })
      if (!allowed.through) throw new Error(`a genuine phone was not let through: ${allowed.code}`)
      return (await complaint({ ...caller, ...measuredWrong }, world)).outcome
    },
  }
}

/** Somebody with a good story on the phone, and an agent who does what their key allows. */
export const talkedInto: readonly Attack[] = [
  {
    id: 'support-talked-into',
    sdks: without('at-the-service'),
    title: 'Somebody on the phone talks support into letting a changed app, or a banned phone, through',
    oat: 'OAT-020',
    method:
      'a changed app, a banned phone, one that the app excludes by its tier, a changed app with the trace of a genuine phone, and in the first days of a release one that was changed before it was let through, and one after; through if support lets one through, or one then gets a token; twin: the genuine phone, which only the policy refuses, once the operator admits its tier',
    expected: onlyHardware(
      refusedWith(
        'HARDWARE_EVIDENCE_MISSING,INSTALLATION_BANNED,LIVE_CODE_NOT_COMPARED,SOFTWARE_SEGMENT_MISMATCH,let_through_code_differs,let_through_not_refused,let_through_tier_excluded',
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
          const firstDays = await inFirstDays(world, support, 'first-days-of-support')
          attempts.push(...(await firstDays.patched()))
          const twin = [...(await talk(genuine, world, support)), ...(await firstDays.genuine())]
          attempts.push(await firstDays.patchedSince())
          return { attack: allOf(attempts), twin: everyOf(twin) }
        } finally {
          await operator.admitForSupport(['warning'])
        }
      },
    },
  },
  {
    id: 'let-through-of-measured-wrong',
    sdks: without('at-the-service'),
    title: 'A patched app on a genuine phone is let through in the first days of a release',
    oat: 'OAT-020',
    method:
      'at an API that takes affirming only: support is asked to let it through, and a phone that was let through yesterday is patched today; twin: the same phone before, which only the policy refuses',
    expected: onlyHardware(refusedWith('LIVE_CODE_NOT_COMPARED,let_through_code_differs')),
    run: {
      'assay-hardware': async (world) => {
        const firstDays = await inFirstDays(world, await world.operator.support(), 'first-days-let-through')
        const patched = await firstDays.patched()
        const twin = everyOf(await firstDays.genuine())
        return { attack: allOf([...patched, await firstDays.patchedSince()]), twin }
      },
    },
  },
]
