import type { Platform, PublicJwk, SettingsRemark } from '@assay/protocol'
import type { ZodType } from 'zod'
import type { ClaimTable } from './claim-table.ts'
import type { FormatDescriptor } from './evidence-format.ts'
import type { GradingKind, SchemeGrading } from './grading.ts'
import type { Verified } from './verified.ts'
import type { ExpectedApp } from './verify-context.ts'

/**
 * A secret of an app that a scheme needs, such as keys that a vendor gave its owner. It is sealed, and never given out
 * again.
 */
export interface SchemeSecret {
  /** Its name, in its path (`PUT /v1/apps/{app}/{name}`) and in the store. */
  readonly name: string
  readonly schema: ZodType
  /**
   * Whether a value of this form is a usable secret: an invalid key is refused when it is given, not when it is used.
   */
  isUsable(value: unknown): boolean
}

/**
 * What an operator sets for an app that may send evidence. Two schemes may share one, if they are parts of one
 * vendor's evidence.
 */
export interface SchemeSettings<Settings = unknown> {
  /** Member of the `evidence` of an app: 1 to 64 lower-case letters, digits and underscores. */
  readonly name: string
  /** The platforms whose devices can give such evidence. */
  readonly platform: Platform
  /** The form of the settings. Strict: it knows every member. */
  readonly schema: ZodType<Settings>
  /** For help and documents: settings to start from, with every member. */
  readonly example: Settings
  readonly secret?: SchemeSecret
  /** Left out: the scheme has no remarks. It is a method, so that schemes with different settings have one type. */
  remarks?(settings: Settings): readonly SettingsRemark[]
  /** Teams that own the app, if the platform has teams. */
  teamsOf?(settings: Settings): readonly string[]
}

/** What is known about a scheme without anything to verify against: facts, but no behaviour. */
export interface SchemeDescription<Settings = unknown> {
  readonly descriptor: FormatDescriptor
  /** The form of an evidence item, `format` included. */
  readonly item: ZodType
  readonly settings: SchemeSettings<Settings>
  /** Its claims: policies are checked against their types, and what is stored of them against their forms. */
  readonly claims: ClaimTable
  /** How the built-in policies grade it. Left out for evidence that says nothing by itself. */
  readonly grading?: Readonly<Record<GradingKind, SchemeGrading>>
  /** Verification calls a vendor, so it comes after everything local. */
  readonly isRemote: boolean
  /**
   * Codes with which `verify` refuses evidence that is genuine and belongs to the exchange, but in which the vendor says
   * nothing, neither good nor bad. Where such evidence may be left out, it counts as left out. Left out: none.
   */
  readonly saysNothing?: readonly string[]
  /**
   * Name of the scheme whose vouching keys sign such evidence. Remembered evidence of that scheme counts only together
   * with a new assertion, because its key can sign.
   */
  readonly asserts?: string
  /**
   * Kinds of vouching keys in this evidence. `isShared`: many devices hold one, so a ban must be confirmed.
   */
  readonly vouchingKeys: readonly { readonly kind: string; readonly isShared: boolean }[]
}

/** The app that evidence must be about, as registered. */
export interface SchemeApp {
  readonly id: string
  /** Android package name or iOS bundle id. */
  readonly package: string
  /** SHA-256 of the signing certificates that evidence may name, lower-case hex: of the measured build, and of the store. */
  readonly signers: readonly string[]
}

/** The build that was measured in the same exchange. */
export interface MeasuredBuild {
  /** SDK that was found in it, `name/version`; null: none. */
  readonly sdk: string | null
}

/** What evidence is checked against whenever it counts, not only when it comes. */
export interface Standing<Settings = unknown> {
  readonly app: SchemeApp
  readonly settings: Settings
}

/** For whom a vendor is asked. */
export interface Asker {
  /** The network that the evidence came from. */
  readonly network: string
  /**
   * The key that vouches for the installation, by evidence verified in this exchange; `undefined`: none does.
   * `isShared`: many devices hold it.
   */
  readonly vouchingKey: { readonly kind: string; readonly id: string; readonly isShared: boolean } | undefined
  /** Whether the app is registered for evidence that gives such a key. */
  readonly isVouchable: boolean
}

/** What evidence is checked against when it comes. */
export interface Expected<Settings = unknown> extends Standing<Settings> {
  /** `commitment(binding)` or `oneKeyCommitment(challenge)`. */
  readonly commitment: Uint8Array
  /** Unix seconds. */
  readonly now: number
  /** For a scheme that asserts: the key that was attested, and the counter that was stored. */
  readonly assertion?: { readonly key: PublicJwk; readonly previousCounter: number } | undefined
  readonly asker: Asker
  /** The secret of the app; `undefined`: none was given. */
  secret(): Promise<unknown>
}

/** The key with which hardware vouches: limits and bans apply to it. */
export interface VouchingKey {
  /** One of the scheme's `vouchingKeys`. */
  readonly kind: string
  /** Digest that names the key. */
  readonly id: string
  /** Installation keys that it may newly vouch for within a day (UTC); left out: one at a time, the newest. */
  readonly perDay?: number
}

/** Valid evidence, and what to keep of it. */
export interface Accepted<Claims = unknown> {
  readonly verified: Verified<Claims>
  /** A JSON value to remember, for `recall`; left out: evidence for this exchange only. */
  readonly remembered?: unknown
  readonly vouchingKey?: VouchingKey
  /** SHA-256 of the SubjectPublicKeyInfo that was attested, lower-case hex: in one-key mode, the installation key's. */
  readonly attestedKeySha256?: string
  /** The key that later assertions verify with. */
  readonly assertionKey?: PublicJwk
  /** For an assertion: store it in the transaction that compares it. */
  readonly counter?: number
  /** A vendor's receipt as received. */
  readonly receipt?: Uint8Array
}

/** What was remembered about evidence that came with a vendor's receipt, recalled. */
export interface KeptReceipt<Claims = unknown> {
  readonly claims: Claims
  readonly receipt: Uint8Array
}

/** The vendor's answer. */
export interface Inquiry {
  /** Replaces what was remembered. Left out: nothing new is known. */
  readonly remembered?: unknown
  /** Replaces the receipt. */
  readonly receipt?: Uint8Array
  /** Unix seconds; undefined: never. */
  readonly askAgainAt: number | undefined
}

/** What evidence states of a device, in texts of at most 32 characters. Left out: nothing. */
export interface StatedDevice {
  /** System and version, such as `Android 16`. */
  readonly osVersion?: string | undefined
  /** `YYYY-MM`, or with a day. */
  readonly patchLevel?: string | undefined
}

/**
 * One kind of platform evidence: this defines everything that the service must know about it, so that a new kind is a
 * folder and one line in the composition root, and a line in appraisal's `codes.ts` for each reason that no other kind
 * gives.
 *
 * `parse` is pure. `verify` and `recall` throw `EvidenceError` for bad evidence; `verify` throws `UnreadError` if the
 * operator prefers a lower tier to waiting for a vendor; any other error is a malfunction and never a verdict. What the
 * service itself decides (whether an app may send it, agreement, counters, limits, bans, policy) is not a scheme's
 * concern.
 */
export interface EvidenceScheme<
  Parsed = unknown,
  Settings = unknown,
  Claims = unknown,
> extends SchemeDescription<Settings> {
  /** The bytes that evidence must carry to belong to `binding` (43 characters). */
  commitment(binding: string): Uint8Array
  /**
   * The same if the attested key is the installation key, over the challenge's 48 bytes. Left out: this is not
   * possible.
   */
  oneKeyCommitment?(challenge: Uint8Array): Uint8Array
  parse(item: unknown): Parsed
  verify(parsed: Parsed, expected: Expected<Settings>): Promise<Accepted<Claims>>
  /** The counter that an assertion states, before it is verified. Left out: such evidence has none. */
  statedCounter?(parsed: Parsed): number
  /** Remembered claims, checked against what is expected today. Left out: nothing is remembered. */
  recall?(remembered: unknown, standing: Standing<Settings>): Promise<Verified<Claims>>
  /**
   * Asks the vendor, in the background, for news about evidence that came with a receipt. A missing answer is a
   * malfunction, not a verdict. Left out: the vendor never has any.
   *
   * @throws EvidenceError if the answer does not hold
   */
  inquire?(
    kept: KeptReceipt<Claims>,
    standing: Standing<Settings> & Pick<Expected<Settings>, 'now' | 'secret'>,
  ): Promise<Inquiry>
  /** Version code of the app that the claims state; `undefined`: they state none. */
  versionCode(claims: Claims, packageName: string): number | undefined
  /** Signing certificates of the app that the claims state, as `SchemeApp` has them. Left out: they state none. */
  signers?(claims: Claims): readonly string[]
  /** What the claims state of the device, for people. Left out: nothing. */
  device?(claims: Claims): StatedDevice
  /** Whether secure hardware holds the key that the claims are about. */
  isKeyInHardware(claims: Claims): boolean
  /**
   * Whether the claims say what app runs on the word of hardware, and of a system that hardware has verified: package,
   * signer and version code are then true, whatever runs beside the system. Left out: never.
   */
  vouchesForApp?(claims: Claims): boolean
  /**
   * Whether the app requires that secure hardware holds the installation key itself: for any other key the result is at
   * most `warning`, whatever the policy says. Left out: no app requires it.
   */
  demandsHardwareKey?(settings: Settings, build: MeasuredBuild): boolean
}

/**
 * The one Android app that evidence may name: package and signing certificates as registered.
 *
 * @throws Error, a malfunction, while no signing certificate is registered, because there would be nothing to check
 * against
 */
export function expectedAndroidApp({
  package: name,
  signers,
}: SchemeApp): Extract<ExpectedApp, { platform: 'android' }> {
  const [first, ...others] = signers
  if (first === undefined) throw new Error('no signing certificate is registered for the app')
  return { platform: 'android', package: name, signers: [first, ...others] }
}
