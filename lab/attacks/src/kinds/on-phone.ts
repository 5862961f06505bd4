import type { EvidenceSource, PreparedEvidence } from '@assay/client'
import type {
  AndroidKeyFault,
  AndroidPhone,
  AppleAttestationFault,
  DeviceOptions,
  Phones,
  PlayIntegrityFault,
} from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import * as kotlin from '../drivers/kotlin.ts'
import { allOf, type Outcome } from '../world/outcome.ts'
import type { HardwareWorld } from '../world/world.ts'
import { tryDevice } from './device-with-build.ts'

/** A device tries to be served at the level of hardware. */
export type TryOnPhone = (world: HardwareWorld) => Promise<Outcome>

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
): Promise<Outcome> {
  return tryDevice(world, world.device({ ...options, evidence }))
}

/** The same at the API that accepts only `affirming`. */
export function onPixelExactly(
  world: HardwareWorld,
  { evidence }: { evidence: readonly EvidenceSource[] } = world.phones.pixel({ play: world.phones.play }),
): Promise<Outcome> {
  const { exacting } = world
  const audiences = { [exacting.url]: exacting.url }
  return tryDevice(world, world.device({ evidence, audiences }), exacting)
}

/** The same for the iOS app and its API. */
export function onIphone(
  world: HardwareWorld,
  { evidence }: { evidence: readonly EvidenceSource[] } = world.phones.iphone(),
  options: Partial<DeviceOptions> = {},
): Promise<Outcome> {
  return tryDevice(world, world.iosDevice({ ...options, evidence }), world.iosOrders)
}

/** A Pixel whose chain has this fault. */
export const faulty =
  (fault: AndroidKeyFault) =>
  (phones: Phones): AndroidPhone => {
    const phone = phones.pixel()
    phone.faults.keyAttestation = fault
    return phone
  }

interface OnPixels extends Omit<About, 'sdks'> {
  /** The phones of the attacker, one after the other. */
  phones: readonly ((phones: Phones) => AndroidPhone)[]
}

/** The client measures the genuine app's code, on Pixels that say something else: with the TypeScript SDK and with the Kotlin SDK. */
export function onPixels({ phones, ...about }: OnPixels): Attack {
  return onPhone({
    ...about,
    sdks: { kotlin: kotlin.on(...phones), swift: 'android-only' },
    attack: async (world) => allOf(await onEachPixel(world, phones)),
  })
}

/** From each of these Pixels, one after the other. */
export async function onEachPixel(world: HardwareWorld, phones: OnPixels['phones']): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const make of phones) outcomes.push(await onPixel(world, make(world.phones)))
  return outcomes
}

/** From iPhones whose attestations have these faults, one after the other. */
export async function onFaultyIphones(
  world: HardwareWorld,
  faults: readonly AppleAttestationFault[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const fault of faults) {
    const phone = world.phones.iphone()
    phone.faults.attestation = fault
    outcomes.push(await onIphone(world, phone))
  }
  return outcomes
}

/** From a genuine Pixel with Google Play, whose verdict has this fault. */
export function onPixelWithPlay(world: HardwareWorld, fault?: PlayIntegrityFault): Promise<Outcome> {
  const phone = world.phones.pixel({ play: world.phones.play })
  phone.faults.playIntegrity = fault
  return onPixel(world, phone)
}

/** Returns evidence of this kind for every request. */
export function always(format: string, collect: PreparedEvidence['collect']): EvidenceSource {
  return { prepare: () => ({ format, collect }) }
}
