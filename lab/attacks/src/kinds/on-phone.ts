import type { EvidenceSource, PreparedEvidence } from '@assay/client'
import type {
  AndroidKeyFault,
  AppleAttestationFault,
  DeviceOptions,
  PlayIntegrityFault,
} from '@assay/testkit'
import type { Attack, Verdict, About } from '../attack.ts'
import type { HardwareWorld } from '../world.ts'
import { tryDevice } from './device-with-build.ts'

/** A device tries to be served at the level of hardware. */
export type TryOnPhone = (world: HardwareWorld) => Promise<Verdict>

interface OnPhone extends About {
  attack: TryOnPhone
  /** Default: a genuine Pixel with the genuine app. */
  twin?: TryOnPhone
}

/** The client measures the genuine app's code, but the phone's evidence is not as expected. */
export function onPhone({ attack, twin = onPixel, ...about }: OnPhone): Attack {
  return {
    ...about,
    run: { 'assay-hardware': async (world) => ({ attack: await attack(world), twin: await twin(world) }) },
  }
}

/** The Android app calls the orders API from a phone, genuine by default. */
export function onPixel(
  world: HardwareWorld,
  { evidence }: { evidence: readonly EvidenceSource[] } = world.phones.pixel(),
  options: Partial<DeviceOptions> = {},
): Promise<Verdict> {
  return tryDevice(world, world.device({ ...options, evidence }))
}

/** The same at the API that accepts only `affirming`. */
export function onPixelExactly(
  world: HardwareWorld,
  { evidence }: { evidence: readonly EvidenceSource[] } = world.phones.pixel({ play: world.phones.play }),
): Promise<Verdict> {
  const { exacting } = world
  const audiences = { [exacting.url]: exacting.url }
  return tryDevice(world, world.device({ evidence, audiences }), exacting)
}

/** The same for the iOS app and its API. */
export function onIphone(
  world: HardwareWorld,
  { evidence }: { evidence: readonly EvidenceSource[] } = world.phones.iphone(),
  options: Partial<DeviceOptions> = {},
): Promise<Verdict> {
  return tryDevice(world, world.iosDevice({ ...options, evidence }), world.iosOrders)
}

/** From Pixels whose chains have these faults, one after the other. */
export async function onFaultyPixels(
  world: HardwareWorld,
  faults: readonly AndroidKeyFault[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const fault of faults) {
    const phone = world.phones.pixel()
    phone.faults.keyAttestation = fault
    verdicts.push(await onPixel(world, phone))
  }
  return verdicts
}

/** From iPhones whose attestations have these faults, one after the other. */
export async function onFaultyIphones(
  world: HardwareWorld,
  faults: readonly AppleAttestationFault[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const fault of faults) {
    const phone = world.phones.iphone()
    phone.faults.attestation = fault
    verdicts.push(await onIphone(world, phone))
  }
  return verdicts
}

/** From a genuine Pixel with Google Play, whose verdict has this fault. */
export function onPixelWithPlay(world: HardwareWorld, fault?: PlayIntegrityFault): Promise<Verdict> {
  const phone = world.phones.pixel({ play: world.phones.play })
  phone.faults.playIntegrity = fault
  return onPixel(world, phone)
}

/** Returns evidence of this kind for every request. */
export function always(format: string, collect: PreparedEvidence['collect']): EvidenceSource {
  return { prepare: () => ({ format, collect }) }
}
