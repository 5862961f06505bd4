import { createHash } from 'node:crypto'
import { parseName, readValidity, type Certificate } from '@assay/codec/x509'
import type { TrustAnchor } from '../port/verify-context.ts'
import { AndroidKeyError, reading } from './errors.ts'
import { attestationOid, extensionOf, type ParsedAndroidKey } from './parse.ts'
import type { KeyDescription } from './key-description.ts'
import { softwareRoots } from './trust-anchors.ts'

/** The certificates of a chain that have a separate role; two of them may be the same. */
export interface ChainParts {
  readonly leaf: Certificate
  readonly issuer: Certificate
  readonly belowRoot: Certificate
  readonly root: Certificate
}

/** There must be a leaf, at least one certificate of the device, and a root. */
export function checkChainLength(certificates: readonly Certificate[]): ChainParts {
  if (certificates.length < 3) throw new AndroidKeyError('ANDROID_KEY_CHAIN_LENGTH')
  const [leaf, issuer] = certificates as [Certificate, Certificate]
  const [belowRoot, root] = certificates.slice(-2) as [Certificate, Certificate]
  return { leaf, issuer, belowRoot, root }
}

/**
 * The attestation extension must be in the leaf and nowhere above it. Otherwise an attested key, which any app on a
 * genuine device can create, could issue a leaf that says anything.
 */
export function checkAttestationExtension({ certificates, statement }: ParsedAndroidKey): KeyDescription {
  const above = certificates.slice(1).some((issuer) => extensionOf(issuer, attestationOid) !== undefined)
  if (above || statement === undefined) throw new AndroidKeyError('ANDROID_KEY_EXTENSION')
  return statement
}

/**
 * No key may occur twice. With a root certificate below another one with the same key, each properly signed, a remotely
 * provisioned chain would count as one from the factory, whose expiry does not count.
 */
export function checkRepeatedKey(certificates: readonly Certificate[]): void {
  const keys = certificates.map(({ spki }) => Buffer.from(spki).toString('latin1'))
  if (new Set(keys).size !== keys.length) throw new AndroidKeyError('ANDROID_KEY_REPEATED_KEY')
}

/**
 * The last certificate must hold the key of an anchor; its dates and its own signature do not count. The roots of
 * software attestation are refused whatever the anchors are, because everybody has their private keys.
 */
export function checkAnchor({ spki }: Certificate, anchors: readonly TrustAnchor[]): TrustAnchor {
  const digest = createHash('sha256').update(spki).digest('hex')
  if (softwareRoots.some(({ spkiSha256 }) => spkiSha256 === digest))
    throw new AndroidKeyError('ANDROID_KEY_SOFTWARE_ROOT')
  const anchor = anchors.find(({ publicKey }) => Buffer.compare(publicKey, spki) === 0)
  if (anchor === undefined) throw new AndroidKeyError('ANDROID_KEY_ANCHOR')
  return anchor
}

/** The issuer of each certificate must be the subject of the next one, byte for byte. */
export function checkIssuerNames(certificates: readonly Certificate[]): void {
  const linked = certificates
    .slice(1)
    .every(({ subject }, i) => Buffer.compare((certificates[i] as Certificate).issuer, subject) === 0)
  if (!linked) throw new AndroidKeyError('ANDROID_KEY_ISSUER')
}

/**
 * How a device got its attestation key, which decides whether expiry counts: `factory` keys stay in devices for life,
 * long after their certificates have expired; `remote` ones are replaced every few weeks. `unknown` must meet the
 * stricter rules.
 */
export const chainKinds = ['factory', 'remote', 'unknown'] as const
export type ChainKind = (typeof chainKinds)[number]

const commonName = '2.5.4.3'
const serialNumber = '2.5.4.5'
const organization = '2.5.4.10'

/**
 * The kind of a chain by the subject of the certificate that the root has issued.
 *
 * @throws AndroidKeyError `ANDROID_KEY_CERTIFICATE` if that is not a name
 */
export function chainKind({ subject }: Certificate): ChainKind {
  const attributes = reading('ANDROID_KEY_CERTIFICATE', () => parseName(subject)).flat()
  const has = (oid: string, text: string) => attributes.some((each) => each.oid === oid && each.text === text)
  if (has(commonName, 'Droid CA2') && has(organization, 'Google LLC')) return 'remote'
  return attributes.some(({ oid }) => oid === serialNumber) ? 'factory' : 'unknown'
}

/** Milliseconds by which the clock may be wrong, at either end. */
const clockSkew = 300_000

/**
 * The certificates between leaf and root must be valid by their dates. The app sets those of a leaf, and a root's do
 * not count. A certificate that is not yet valid never passes; an expired one passes only in chains from the factory,
 * because whole families of devices outlive their certificates.
 *
 * @param now Unix seconds
 */
export function checkValidity(certificates: readonly Certificate[], kind: ChainKind, now: number): void {
  const at = now * 1000
  for (const { validity } of certificates.slice(1, -1)) {
    const { notBefore, notAfter } = reading('ANDROID_KEY_CERTIFICATE', () => readValidity(validity))
    if (at < notBefore - clockSkew) throw new AndroidKeyError('ANDROID_KEY_NOT_YET_VALID')
    if (at > notAfter + clockSkew && kind !== 'factory') throw new AndroidKeyError('ANDROID_KEY_EXPIRED')
  }
}
