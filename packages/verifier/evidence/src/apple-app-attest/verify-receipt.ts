import { createHash, verify } from 'node:crypto'
import { parseSignedAttributes, parseSignedData, type SignedData, type SignerInfo } from '@assay/codec/cms'
import { decodeBigInteger } from '@assay/codec/der'
import { equalNames, parseCertificate, readValidity, type Certificate } from '@assay/codec/x509'
import type { PublicJwk } from '@assay/protocol'
import { checkDates, isSignedBy, mayIssueCertificates, publicKeyOf } from './check-path.ts'
import { AppAttestError, reading } from './errors.ts'
import { readReceipt, type AppAttestReceipt } from './receipt.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'

/** What a receipt is checked against. */
export interface ReceiptExpectation {
  /** Roots of receipts, which differ from those of attestations. */
  readonly anchors: readonly AppAttestAnchor[]
  readonly appId: string
  /** The attested key. */
  readonly publicKey: PublicJwk
  /** `ATTEST` with an attestation, `RECEIPT` in answer to one. */
  readonly type: 'ATTEST' | 'RECEIPT'
  /** Unix seconds. */
  readonly now: number
}

/** Maximum age in seconds of a receipt when it comes. */
const oldestFresh = 300
/** Certificates below the root: the signer's and its issuer's. */
const longestPath = 4
/** Extension of the certificates that receipts are signed with. */
const receiptSigning = '1.2.840.113635.100.12.15'
const sha256 = '2.16.840.1.101.3.4.2.1'

/**
 * Verifies a receipt: signature of the content, path of the signer to an anchor, then app, key, kind and times.
 *
 * @throws AppAttestError `APP_ATTEST_RECEIPT` unless everything is valid
 */
export function verifyReceipt(encoded: Uint8Array, expected: ReceiptExpectation): AppAttestReceipt {
  const signed = reading('APP_ATTEST_RECEIPT', () => parseSignedData(encoded))
  reading('APP_ATTEST_RECEIPT', () => checkSignature(signed, expected))
  const { receipt, attestedKey } = readReceipt(signed.content)
  mustHold(receipt.appId === expected.appId && receipt.type === expected.type)
  mustHold(attestedKey !== undefined && isKeyOf(attestedKey, expected.publicKey))
  const { createdAt, expiresAt } = receipt
  const { now } = expected
  mustHold(createdAt !== undefined && Math.abs(now - createdAt) <= oldestFresh)
  mustHold(expiresAt !== undefined && now < expiresAt)
  return receipt
}

function checkSignature(
  { content, certificates, signerInfos }: SignedData,
  expected: ReceiptExpectation,
): void {
  const [info, ...others] = signerInfos
  mustHold(content !== undefined && info !== undefined && others.length === 0)
  mustHold(certificates.length <= longestPath)
  const parsed = certificates.map((each) => parseCertificate(each))
  const signer = parsed.find((each) => isNamedBy(each, info))
  mustHold(signer !== undefined && signer.extensions.some(({ oid }) => oid === receiptSigning))
  checkPath(signer, parsed, expected)
  mustHold(info.digestAlgorithm === sha256)
  const { signedAttributes } = info
  if (signedAttributes !== undefined) {
    const { messageDigest } = parseSignedAttributes(signedAttributes)
    const digest = createHash('sha256').update(content).digest()
    mustHold(messageDigest !== undefined && digest.equals(messageDigest))
  }
  mustHold(
    verify('sha256', signedAttributes ?? content, publicKeyOf(signer, 'APP_ATTEST_RECEIPT'), info.signature),
  )
}

/** From the signer to an anchor, each issued by the next. The anchor counts, not its copy in the receipt. */
function checkPath(
  signer: Certificate,
  all: readonly Certificate[],
  { anchors, now }: ReceiptExpectation,
): void {
  let certificate = signer
  for (let length = 0; length < longestPath; length += 1) {
    checkDates([readValidity(certificate.validity)], now)
    const { issuer } = certificate
    const anchor = anchors.find(
      ({ subject, key }) => equalNames(issuer, subject) && isSignedBy(certificate, key),
    )
    if (anchor !== undefined) return checkDates([anchor.validity], now)
    const next = all.find((each) => each !== certificate && equalNames(issuer, each.subject))
    mustHold(next !== undefined && mayIssueCertificates(next))
    mustHold(isSignedBy(certificate, publicKeyOf(next, 'APP_ATTEST_RECEIPT')))
    certificate = next
  }
  throw new AppAttestError('APP_ATTEST_RECEIPT')
}

function isNamedBy({ serialNumber, issuer }: Certificate, { signer }: SignerInfo): boolean {
  return (
    signer.kind === 'issuer-and-serial-number' &&
    decodeBigInteger(serialNumber) === decodeBigInteger(signer.serialNumber) &&
    equalNames(issuer, signer.issuer)
  )
}

/** The field holds the whole certificate of the attested key; some documents say the key alone. */
function isKeyOf(attested: Uint8Array, { x, y }: PublicJwk): boolean {
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const { spki } = reading('APP_ATTEST_RECEIPT', () => parseCertificate(attested))
  return Buffer.from(spki).subarray(-point.length).equals(point)
}

function mustHold(holds: boolean): asserts holds {
  if (!holds) throw new AppAttestError('APP_ATTEST_RECEIPT')
}
