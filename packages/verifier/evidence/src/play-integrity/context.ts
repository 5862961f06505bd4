import { invalidArgument } from '@assay/protocol'
import { isFilled, type ExpectedApp, type NonEmpty } from '../port/verify-context.ts'
import type { DecodeToken } from './decoding.ts'
import { isVerificationKey, type PlayIntegrityKeys } from './keys.ts'

export type AndroidApp = Extract<ExpectedApp, { platform: 'android' }>

interface Expectation {
  /** `commitment(binding)`. */
  readonly commitment: Uint8Array
  /** Where the commitment is: a classic request carries it as `nonce`, a standard one as `requestHash`. */
  readonly request: 'classic' | 'standard'
  /** Unix seconds. */
  readonly now: number
  readonly apps: readonly AndroidApp[]
  /** Maximum age of the verdict. */
  readonly maxAgeSeconds: number
}

/**
 * Who reads tokens: this process, with the keys of the app, as it can with tokens of classic requests; or Google, whom
 * `decode` asks, with any token.
 */
export type TokenReading =
  | (PlayIntegrityKeys & { readonly decode?: never })
  | { readonly decode: DecodeToken; readonly decryptionKey?: never; readonly verificationKey?: never }

export type PlayIntegrityContextInput = Expectation & TokenReading

/** What a verdict is checked against whenever it counts, not only when it comes. */
export type StandingExpectation = Pick<Expectation, 'apps'>

declare const checked: unique symbol

/** What a token is verified against. Only {@link playIntegrityContext} creates it. */
export type PlayIntegrityContext = PlayIntegrityContextInput & {
  readonly [checked]: true
  readonly apps: NonEmpty<AndroidApp>
}

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for what would leave a check without anything to check against: no
 *   commitment, clock, maximum age, app, signer or key of the right kind; for both keys and `decode`; and for `decode`
 *   with apps of several packages, one of which it would have to be asked for
 */
export function playIntegrityContext(input: PlayIntegrityContextInput): PlayIntegrityContext {
  const { commitment, now, maxAgeSeconds, request } = input
  if (!(commitment instanceof Uint8Array) || commitment.length === 0)
    throw invalidArgument('there is no commitment to verify')
  if (request !== 'classic' && request !== 'standard')
    throw invalidArgument('the type of request is not known')
  if (!(now > 0 && now < latestUnixSeconds)) throw invalidArgument('the clock does not give Unix seconds')
  if (!(maxAgeSeconds > 0 && maxAgeSeconds < Infinity)) throw invalidArgument('there is no maximum age')
  checkStanding(input)
  checkReading(input)
  return Object.freeze({ ...input }) as PlayIntegrityContext
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link playIntegrityContext} */
export function checkStanding({ apps }: StandingExpectation): void {
  if (!isFilled(apps) || !apps.every(isIdentified)) throw invalidArgument('there is no app to expect')
}

/** Milliseconds mistaken for seconds exceed it. */
const latestUnixSeconds = 1e11

function checkReading(input: PlayIntegrityContextInput): void {
  const { decode, decryptionKey, verificationKey, apps } = input
  if (decode === undefined) return checkKeys({ decryptionKey, verificationKey })
  if (typeof decode !== 'function') throw invalidArgument('decode must be a function that decodes tokens')
  if (decryptionKey !== undefined || verificationKey !== undefined)
    throw invalidArgument('tokens must be either decoded or decrypted, not both')
  if (new Set(apps.map((app) => app.package)).size > 1)
    throw invalidArgument('tokens are decoded for one package, and several are expected')
}

function checkKeys({ decryptionKey, verificationKey }: Partial<PlayIntegrityKeys>): void {
  if (decryptionKey?.type !== 'secret' || decryptionKey.symmetricKeySize !== 32)
    throw invalidArgument('the decryption key must have 32 bytes')
  if (verificationKey === undefined || !isVerificationKey(verificationKey))
    throw invalidArgument('the verification key must be a public key on P-256')
}

function isIdentified({ platform, package: name, signers }: AndroidApp): boolean {
  return platform === 'android' && name !== '' && isFilled(signers) && !signers.includes('')
}
