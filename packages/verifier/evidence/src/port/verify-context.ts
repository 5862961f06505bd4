import { invalidArgument } from '@assay/protocol'

/** A non-empty list: empty never means allowed. */
export type NonEmpty<T> = readonly [T, ...T[]]

/** A public key in which evidence may be anchored. A root certificate's own dates and self-signature do not count. */
export interface TrustAnchor {
  /** For the operator. */
  readonly name: string
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
}

/** What a revocation source states about one serial. */
export type RevocationState = 'not_listed' | 'revoked' | 'suspended'

export interface RevocationSource {
  /**
   * State of a certificate or device by its serial, in the form that the vendor's list uses. Rejects if the list is
   * missing or too old: that is a malfunction, and never means `not_listed`.
   */
  stateOf(serial: string): Promise<RevocationState>
}

/** An app that evidence may name, as its platform identifies apps. */
export type ExpectedApp =
  | {
      readonly platform: 'android'
      readonly package: string
      /** SHA-256 of the signing certificates, lower-case hex. */
      readonly signers: NonEmpty<string>
    }
  | {
      readonly platform: 'ios'
      /** Team id, a dot, bundle id. */
      readonly appId: string
    }

export interface VerifyContextInput {
  /** What the evidence must commit to: `commitment(binding)` of its format. */
  readonly commitment: Uint8Array
  /** Unix seconds. */
  readonly now: number
  readonly anchors: readonly TrustAnchor[]
  readonly revocation: RevocationSource
  readonly apps: readonly ExpectedApp[]
}

declare const checked: unique symbol

/** What a platform format verifies against. Only {@link verifyContext} creates it. */
export interface VerifyContext extends VerifyContextInput {
  readonly [checked]: true
  readonly anchors: NonEmpty<TrustAnchor>
  readonly apps: NonEmpty<ExpectedApp>
}

/**
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for what would leave a check without anything to check against: no
 *   commitment, clock, anchor, revocation source or app, or an Android app without signers
 */
export function verifyContext(input: VerifyContextInput): VerifyContext {
  const { commitment, now, anchors, revocation, apps } = input
  checkExpected(input)
  if (!(commitment instanceof Uint8Array) || commitment.length === 0)
    throw invalidArgument('there is no commitment to verify')
  if (!(now > 0 && now < latestUnixSeconds)) throw invalidArgument('the clock does not give Unix seconds')
  return Object.freeze({ commitment, now, anchors, revocation, apps }) as VerifyContext
}

/** The part of {@link verifyContext} that does not depend on one exchange. @throws TypeError as it does */
export function checkExpected({
  anchors,
  revocation,
  apps,
}: Pick<VerifyContextInput, 'anchors' | 'revocation' | 'apps'>): void {
  if (!isFilled(anchors) || anchors.some(({ publicKey }) => publicKey.length === 0))
    throw invalidArgument('there are no trust anchors')
  if (typeof (revocation as Partial<RevocationSource> | undefined)?.stateOf !== 'function')
    throw invalidArgument('there is no revocation source')
  if (!isFilled(apps) || !apps.every(isIdentified)) throw invalidArgument('there is no app to expect')
}

/** Milliseconds mistaken for seconds exceed it. */
const latestUnixSeconds = 1e11

/** Empty never means allowed. */
export function isFilled(list: readonly unknown[] | undefined): boolean {
  return Array.isArray(list) && list.length > 0
}

function isIdentified(app: ExpectedApp): boolean {
  switch (app.platform) {
    case 'android':
      return app.package !== '' && isFilled(app.signers) && !app.signers.includes('')
    case 'ios':
      return app.appId !== ''
    default:
      return false
  }
}
