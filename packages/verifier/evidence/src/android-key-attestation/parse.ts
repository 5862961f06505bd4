import { parseCertificate, type Certificate } from '@assay/codec/x509'
import { decodeBase64url } from '@assay/protocol/node'
import { z } from 'zod'
import type { NonEmpty } from '../port/verify-context.ts'
import { descriptor } from './descriptor.ts'
import { AndroidKeyError, reading } from './errors.ts'
import { readKeyDescription, type KeyDescription } from './key-description.ts'
import { readProvisioningInfo, type ProvisioningInfo } from './statement/provisioning-info.ts'

/** A parsed chain; none of it is verified. */
export interface ParsedAndroidKey {
  /** Leaf first. */
  readonly certificates: NonEmpty<Certificate>
  /** What the leaf states about the key; undefined if it states nothing. */
  readonly statement: KeyDescription | undefined
  /** What the issuer of the leaf states about the device's provisioning. */
  readonly provisioning: ProvisioningInfo | undefined
}

/** Extensions, by their object identifiers. */
export const attestationOid = '1.3.6.1.4.1.11129.2.1.17'
const provisioningOid = '1.3.6.1.4.1.11129.2.1.30'

const mostCertificates = 10
/** Bytes. Real certificates are a quarter of it. */
const longestCertificate = 8192
const longestChain = 65_536
const longestText = Math.ceil((longestCertificate * 4) / 3)

/** The form of an evidence item. */
export const itemSchema = z.strictObject({
  format: z.literal(descriptor.name),
  /** Certificates in DER, each base64url, leaf first, root included. */
  chain: z.array(z.string().max(longestText)).min(1).max(mostCertificates),
})

/**
 * Parses an evidence item: `chain`, 1 to 10 certificates in DER, each base64url, leaf first, as
 * `KeyStore.getCertificateChain` gives them. A certificate has at most 8 KiB, all together at most 64 KiB.
 *
 * @throws AndroidKeyError `ANDROID_KEY_MALFORMED`, `ANDROID_KEY_CERTIFICATE`, `ANDROID_KEY_STATEMENT`,
 *   `ANDROID_KEY_APPLICATION_ID`
 */
export function parse(input: unknown): ParsedAndroidKey {
  const item = itemSchema.safeParse(input)
  if (!item.success) throw malformed()
  const encoded = decodeChain(item.data.chain)
  const [leaf, ...issuers] = reading(
    'ANDROID_KEY_CERTIFICATE',
    () => encoded.map(readCertificate) as [Certificate, ...Certificate[]],
  )
  const statement = extensionOf(leaf, attestationOid)
  const provisioning = issuers[0] && extensionOf(issuers[0], provisioningOid)
  return {
    certificates: [leaf, ...issuers],
    statement: statement && readKeyDescription(statement),
    provisioning: provisioning && readProvisioningInfo(provisioning),
  }
}

/** Content of the extension, which no certificate has twice. */
export function extensionOf({ extensions }: Certificate, oid: string): Uint8Array | undefined {
  return extensions.find((extension) => extension.oid === oid)?.value
}

function decodeChain(chain: readonly string[]): readonly Uint8Array[] {
  const encoded = chain.map(decodeBytes)
  if (encoded.reduce((sum, { length }) => sum + length, 0) > longestChain) throw malformed()
  return encoded
}

function decodeBytes(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw malformed()
  return bytes
}

// Field devices write `critical` as any non-zero octet.
function readCertificate(encoded: Uint8Array): Certificate {
  return parseCertificate(encoded, { booleans: 'any-non-zero' })
}

function malformed(): AndroidKeyError {
  return new AndroidKeyError('ANDROID_KEY_MALFORMED')
}
