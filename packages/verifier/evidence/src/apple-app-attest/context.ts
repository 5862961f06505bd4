import { invalidArgument } from '@assay/protocol'
import type { KeyObject } from 'node:crypto'
import { isFilled, type ExpectedApp, type NonEmpty } from '../port/verify-context.ts'
import type { AppAttestEnvironment } from './claims.ts'
import type { IntermediateCache } from './intermediates.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'

export type AppleApp = Extract<ExpectedApp, { platform: 'ios' }>

interface ExpectationInput {
  /** What the app passed to the system as `clientDataHash`: `commitment(binding)`. */
  readonly commitment: Uint8Array
  readonly apps: readonly AppleApp[]
}

export interface AttestationContextInput extends ExpectationInput {
  /** Unix seconds: when the attestation came. To judge a stored one again, pass the time at which it came. */
  readonly now: number
  readonly anchors: readonly AppAttestAnchor[]
  readonly environments: readonly AppAttestEnvironment[]
  readonly intermediates: IntermediateCache
  /** `macos`: the certificate must state full security. Nothing else that is signed shows that a device is a Mac. */
  readonly system: 'ios' | 'macos'
}

/** What an attestation is checked against whenever it counts, not only when it comes. */
export type StandingExpectation = Pick<
  AttestationContextInput,
  'anchors' | 'apps' | 'environments' | 'system'
>

export interface AssertionContextInput extends ExpectationInput {
  /** The attested key, as `assertionKey` gives it. */
  readonly key: KeyObject
  /** The counter that is stored for the key. */
  readonly previousCounter: number
}

declare const checked: unique symbol

interface Expectation {
  readonly [checked]: true
  readonly apps: NonEmpty<AppleApp>
}

/** What an attestation is verified against. Only {@link attestationContext} creates it. */
export type AttestationContext = Omit<AttestationContextInput, keyof Expectation> &
  Expectation & {
    readonly anchors: NonEmpty<AppAttestAnchor>
    readonly environments: NonEmpty<AppAttestEnvironment>
  }

/** What an assertion is verified against. Only {@link assertionContext} creates it. */
export type AssertionContext = Omit<AssertionContextInput, keyof Expectation> & Expectation

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for what would leave a check without anything to check against: no
 *   commitment, clock, anchor, environment, cache or app
 */
export function attestationContext(input: AttestationContextInput): AttestationContext {
  const { now, intermediates } = input
  checkCommitment(input)
  checkStanding(input)
  if (!(now > 0 && now < latestUnixSeconds)) throw invalidArgument('the clock does not give Unix seconds')
  if (typeof (intermediates as Partial<IntermediateCache> | undefined)?.get !== 'function')
    throw invalidArgument('there is no cache of intermediate certificates')
  return Object.freeze({ ...input }) as AttestationContext
}

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link attestationContext}, and for a key that is not public and on
 *   P-256 or a counter that is not an unsigned 32-bit number
 */
export function assertionContext(input: AssertionContextInput): AssertionContext {
  const { key, previousCounter } = input
  checkCommitment(input)
  checkExpectation(input)
  if (key.type !== 'public' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw invalidArgument('the key is not a public key on P-256')
  if (!Number.isInteger(previousCounter) || previousCounter < 0 || previousCounter > largestCounter)
    throw invalidArgument('the previous counter is not an unsigned 32-bit number')
  return Object.freeze({ ...input }) as AssertionContext
}

const knownEnvironments: ReadonlySet<AppAttestEnvironment> = new Set(['production', 'development'])
const largestCounter = 0xffff_ffff
/** Milliseconds mistaken for seconds exceed it. */
const latestUnixSeconds = 1e11

function checkCommitment({ commitment }: ExpectationInput): void {
  if (!(commitment instanceof Uint8Array) || commitment.length === 0)
    throw invalidArgument('there is no commitment to verify')
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link attestationContext} */
export function checkStanding(input: StandingExpectation): void {
  const { anchors, environments, system } = input
  checkExpectation(input)
  if (!isFilled(anchors)) throw invalidArgument('there are no trust anchors')
  if (!isFilled(environments) || !environments.every((each) => knownEnvironments.has(each)))
    throw invalidArgument('there are no environments to allow')
  if (system !== 'ios' && system !== 'macos') throw invalidArgument('the system is not known')
}

function checkExpectation({ apps }: Pick<ExpectationInput, 'apps'>): void {
  if (!isFilled(apps) || !apps.every(({ platform, appId }) => platform === 'ios' && appId !== ''))
    throw invalidArgument('there is no app to expect')
}
