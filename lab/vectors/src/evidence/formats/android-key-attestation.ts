import { X509Certificate } from 'node:crypto'
import type { ExpectedApp, NonEmpty, TrustAnchor, Verified } from '@assay/evidence'
import {
  androidKeyAttestation,
  androidKeyContext,
  AndroidKeyError,
  googleAnchors,
  inspectAttestedKey,
  issuerKeys,
  statusListSource,
  type AndroidKeyClaims,
  type AndroidKeyContext,
  type ParsedAndroidKey,
  type SecurityLevel,
  type StatusList,
} from '@assay/evidence/android-key-attestation'
import type { VectorFormat } from '../format/format.ts'
import { celList, judgeByPolicy, PolicyRefusal, type Forbidden } from '../format/policy.ts'
import { isRecord, type Vector } from '../format/vector.ts'

/** The policy of a vector; a member that is missing has its default, or is not checked, and so is `null`. */
interface VectorPolicy {
  readonly minSecurityLevel?: SecurityLevel
  readonly requireVerifiedBoot?: boolean
  readonly requireLocked?: boolean
  readonly packageNames?: readonly string[] | null
  readonly signatureDigests?: readonly string[] | null
  readonly minOsPatchLevel?: number | null
}

const issuers = issuerKeys()

export const androidKey: VectorFormat = {
  async verify({ input, context, trust, verifyAt }) {
    const policy: VectorPolicy = isRecord(context['policy']) ? context['policy'] : {}
    const parsed = androidKeyAttestation.parse({
      format: androidKeyAttestation.descriptor.name,
      chain: chainOf(input['chain']),
    })
    const now = Date.parse(verifyAt) / 1000
    const list = statusListOf(context['revocation'])
    const expected = androidKeyContext({
      commitment: commitmentOf(context['challenge'], parsed),
      now,
      anchors: anchorsOf(trust.anchors),
      revocation: statusListSource(() => ({ list, readAt: now }), { maxAge: 1, now: () => now }),
      apps: appsOf(policy),
      issuers,
    })
    const verified = await verifyApps(parsed, expected, policy)
    judgeByPolicy(verified, forbiddenBy(policy), now)
    return { ...verified.claims }
  },
  rejectCode: (error) =>
    error instanceof AndroidKeyError || error instanceof PolicyRefusal ? error.code : undefined,
}

/** The product always checks the app. Where a vector checks half of it or nothing, the rest is looked into. */
async function verifyApps(
  parsed: ParsedAndroidKey,
  expected: AndroidKeyContext,
  { packageNames = null, signatureDigests = null }: VectorPolicy,
): Promise<Verified<AndroidKeyClaims>> {
  if (packageNames !== null && signatureDigests !== null)
    return androidKeyAttestation.verify(parsed, expected)
  const claims = await inspectAttestedKey(parsed, expected)
  checkAllowed(claims.packageNames, packageNames, 'ANDROID_KEY_PACKAGE')
  checkAllowed(claims.signatureDigests, signatureDigests, 'ANDROID_KEY_SIGNER')
  // Nothing but this laboratory may appraise what was only inspected: hence no function of the product does this.
  return { format: androidKeyAttestation.descriptor.name, claims } as Verified<AndroidKeyClaims>
}

function chainOf(chain: unknown): string[] {
  if (!Array.isArray(chain)) throw new TypeError('a vector of a key attestation holds a chain')
  return chain.map((each) => Buffer.from(String(each), 'base64').toString('base64url'))
}

/** Where the vector checks no challenge, that of the chain. A context without any cannot be made. */
function commitmentOf(challenge: unknown, { statement }: ParsedAndroidKey): Uint8Array {
  const bytes = typeof challenge === 'string' ? Buffer.from(challenge, 'base64') : statement?.challenge
  return bytes === undefined || bytes.length === 0 ? Buffer.from('a challenge') : bytes
}

function anchorsOf(anchors: Vector['trust']['anchors']): readonly TrustAnchor[] {
  if (anchors === 'google') return googleAnchors
  if (!Array.isArray(anchors)) throw new TypeError('a vector of a key attestation names its anchors')
  return anchors.map((pem: string) => {
    const { publicKey } = new X509Certificate(pem)
    return { name: 'vector', publicKey: publicKey.export({ format: 'der', type: 'spki' }) }
  })
}

function appsOf({ packageNames, signatureDigests }: VectorPolicy): readonly ExpectedApp[] {
  const signers = filled(signatureDigests)
  return filled(packageNames).map((name) => ({ platform: 'android', package: name, signers }))
}

/** A list that would be empty holds what no chain states. */
function filled(list: readonly string[] | null | undefined): NonEmpty<string> {
  const [first, ...others] = list ?? []
  return first === undefined ? ['\0'] : [first, ...others]
}

/** Something is stated, and all of it is allowed; `null`: not checked. */
function checkAllowed(
  stated: readonly string[],
  allowed: readonly string[] | null,
  code: 'ANDROID_KEY_PACKAGE' | 'ANDROID_KEY_SIGNER',
): void {
  if (allowed === null) return
  if (stated.length === 0 || !stated.every((each) => allowed.includes(each))) throw new AndroidKeyError(code)
}

/** Entries as they are written: a vector may list a serial number in a form that Google's list never has. */
function statusListOf(revocation: unknown): StatusList {
  if (revocation === null || revocation === undefined) return new Map()
  const entries = isRecord(revocation) ? revocation['entries'] : undefined
  if (!isRecord(entries)) throw new TypeError('the status list of the vector has no entries')
  return new Map(
    Object.entries(entries).map(([serial, entry]) => [
      serial,
      isRecord(entry) && entry['status'] === 'SUSPENDED' ? 'suspended' : 'revoked',
    ]),
  )
}

const key = 'evidence.android_key_attestation'
const levels: readonly SecurityLevel[] = ['Software', 'TrustedEnvironment', 'StrongBox']
/** YYYYMM. What comes before it, such as 0, asks for no more than a month. */
const earliestMonth = 100001
const latestMonth = 999912
/** YYYYMMDD. */
const earliestDay = 10000101
const latestDay = 99991231

function forbiddenBy(policy: VectorPolicy): readonly Forbidden[] {
  const { minSecurityLevel = 'TrustedEnvironment', requireVerifiedBoot = true, requireLocked = true } = policy
  const below = celList(levels.slice(0, levels.indexOf(minSecurityLevel)))
  return [
    ...(below === '[]'
      ? []
      : [
          {
            when: `${stated('attestationSecurityLevel')} in ${below} || ${stated('keyMintSecurityLevel')} in ${below}`,
            reason: minSecurityLevel === 'StrongBox' ? 'OPERATOR_RULE' : 'KEY_IN_SOFTWARE',
          } as const,
        ]),
    ...(requireVerifiedBoot
      ? [{ when: `${stated('verifiedBootState')} != 'Verified'`, reason: 'BOOT_NOT_VERIFIED' } as const]
      : []),
    ...(requireLocked
      ? [{ when: `!${stated('deviceLocked')}`, reason: 'BOOT_LOADER_UNLOCKED' } as const]
      : []),
    ...(typeof policy.minOsPatchLevel === 'number'
      ? [{ when: olderThan(policy.minOsPatchLevel), reason: 'PATCH_LEVEL_OLD' } as const]
      : []),
  ]
}

function stated(claim: string): string {
  return `${key}.${claim}`
}

/**
 * A level that is not stated, or is not a month, is older than any. Some devices state the day too; one that does not
 * reaches a minimum that has a day in the month after it.
 */
export function olderThan(minimum: number): string {
  const least = Math.min(latestDay, Math.ceil(Math.max(minimum, earliestMonth)))
  const hasDay = least >= earliestDay
  const [month, day] = hasDay ? [Math.ceil(least / 100), least] : [least, least * 100]
  const level = stated('osPatchLevel')
  // Seen from 1970, every month that is one lies ahead.
  const isNoMonth = `monthsSince(${level}, 0) > 0`
  return `has(${level}) ? ${isNoMonth} || ${level} < (${level} > ${latestMonth} ? ${day} : ${month}) : true`
}
