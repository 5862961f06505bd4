import { createHash } from 'node:crypto'
import { parseName, readValidity, type Certificate } from '@assay/codec/x509'
import type { TrustAnchor } from '../../port/verify-context.ts'
import { AndroidKeyError, reading } from '../errors.ts'
import { attestationOid, extensionOf, type ParsedAndroidKey } from '../parse.ts'
import type { KeyDescription } from '../statement/key-description.ts'
import { softwareRoots } from '../trust-anchors.ts'

/** The certificates of a chain that have a part of their own; two of them may be one. */
export interface ChainParts {
  readonly leaf: Certificate
  readonly issuer: Certificate
  readonly belowRoot: Certificate
  readonly root: Certificate
}

/** There are a leaf, at least one certificate of the device, and a root. */
export function checkChainLength(certificates: readonly Certificate[]): ChainParts {
  if (certificates.length < 3) throw new AndroidKeyError('ANDROID_KEY_CHAIN_LENGTH')
  const [leaf, issuer] = certificates as [Certificate, Certificate]
  const [belowRoot, root] = certificates.slice(-2) as [Certificate, Certificate]
  return { leaf, issuer, belowRoot, root }
}

/**
 * The attestation extension is in the leaf and nowhere above it. An attested key, which any app on a genuine device
 * can have made, could otherwise issue a leaf that says whatever it likes.
 */
export function checkAttestationExtension({ certificates, statement }: ParsedAndroidKey): KeyDescription {
  const above = certificates.slice(1).some((issuer) => extensionOf(issuer, attestationOid) !== undefined)
  if (above || statement === undefined) throw new AndroidKeyError('ANDROID_KEY_EXTENSION')
  return statement
}

/**
 * No key occurs twice. With a root certificate below another one of the same key, each properly signed, a remotely
 * provisioned chain would count as one from the factory, whose expiry does not count.
 */
export function checkRepeatedKey(certificates: readonly Certificate[]): void {
  const keys = certificates.map(({ spki }) => Buffer.from(spki).toString('latin1'))
  if (new Set(keys).size !== keys.length) throw new AndroidKeyError('ANDROID_KEY_REPEATED_KEY')
}

/**
 * The last certificate holds the key of an anchor; its dates and its own signature do not count. The roots of software
 * attestation are refused whatever the anchors are: everybody has their private keys.
 */
export function checkAnchor({ spki }: Certificate, anchors: readonly TrustAnchor[]): TrustAnchor {
  const digest = createHash('sha256').update(spki).digest('hex')
  if (softwareRoots.some(({ spkiSha256 }) => spkiSha256 === digest))
    throw new AndroidKeyError('ANDROID_KEY_SOFTWARE_ROOT')
  const anchor = anchors.find(({ publicKey }) => Buffer.compare(publicKey, spki) === 0)
  if (anchor === undefined) throw new AndroidKeyError('ANDROID_KEY_ANCHOR')
  return anchor
}

/** Each certificate names the subject of the next one as its issuer, byte for byte. */
export function checkIssuerNames(certificates: readonly Certificate[]): void {
  const linked = certificates
    .slice(1)
    .every(({ subject }, i) => Buffer.compare((certificates[i] as Certificate).issuer, subject) === 0)
  if (!linked) throw new AndroidKeyError('ANDROID_KEY_ISSUER')
}

/**
 * How a device got its attestation key, which decides whether expiry counts: `factory` keys stay in devices for life,
 * long after their certificates have expired; `remote` ones are replaced every few weeks. `unknown` is held to the
 * stricter rules.
 */
export type ChainKind = 'factory' | 'remote' | 'unknown'

const commonName = '2.5.4.3'
const serialNumber = '2.5.4.5'
const organization = '2.5.4.10'

/**
 * The kind of a chain by the subject of the certificate that the root has issued.
 *
 * @throws AndroidKeyError `ANDROID_KEY_CERTIFICATE` if that is no name
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
 * The dates of the certificates between leaf and root. A leaf's are set by the app, a root's do not count. What is not
 * yet valid never passes; what has expired passes in chains from the factory only, because whole families of devices
 * outlive their certificates.
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
