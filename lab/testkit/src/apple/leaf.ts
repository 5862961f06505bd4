import {
  attribute,
  basicConstraints,
  extension,
  keyUsage,
  type CertificateTemplate,
} from '../x509/certificate.ts'
import { context, encode, integer, octets, oid, sequence, utf8String, type Der } from '../x509/der.ts'
import { sha256, type AppAttestKey } from './app-attest-key.ts'
import type { Authority } from '../x509/authority.ts'

/** Extensions of Apple's: what is attested, for whom, on what. */
const nonceOid = '1.2.840.113635.100.8.2'
const contextOid = '1.2.840.113635.100.8.5'
const accessControlOid = '1.2.840.113635.100.8.6'
const systemOid = '1.2.840.113635.100.8.7'
const extendedKeyUsage = '2.5.29.37'
const appAttestUsage = '1.2.840.113635.100.4.24'

/** As Apple documents it for a Mac with full security. */
const fullSecurity = Buffer.from(
  'MEAMAjExMDowCQwCb2uhAwEB/zAJDAJvYaEDAQH/MAsMBG9kZWyhAwEB/zAVDARvc2duoAYMBHJzZWMwBaYDAgEB',
  'base64',
)

/** What the leaf of an attestation is about. */
export interface LeafSubject {
  readonly key: AppAttestKey
  readonly appId: string
  readonly authenticatorData: Uint8Array
  readonly clientDataHash: Uint8Array
  /** Unix seconds. */
  readonly at: number
  readonly osVersion: string
  readonly mac: boolean
}

const day = 86_400

/** Valid for three days; the first is over. Signed with SHA-256 under a P-384 key, as Apple does it. */
export function leafTemplate(subject: LeafSubject, issuer: Authority): CertificateTemplate {
  const { key, at } = subject
  return {
    serial: BigInt(`0x01${sha256(key.keyId, String(at)).toString('hex', 0, 15)}`),
    issuer: issuer.template.subject,
    subject: [
      [attribute.commonName, key.keyId.toString('hex')],
      [attribute.organizationalUnit, 'AAA Certification'],
      [attribute.organization, 'Assay Testkit'],
      [attribute.state, 'California'],
    ],
    notBefore: at - day,
    notAfter: at + 2 * day,
    spki: key.spki,
    extensions: leafExtensions(subject),
    signer: issuer.keys,
    hash: 'sha256',
  }
}

function leafExtensions(subject: LeafSubject): Der[] {
  const { authenticatorData, clientDataHash, appId, osVersion, mac } = subject
  return [
    basicConstraints(false),
    keyUsage('digitalSignature'),
    extension(extendedKeyUsage, encode(sequence(oid(appAttestUsage)))),
    nonceExtension(sha256(authenticatorData, clientDataHash)),
    extension(contextOid, encode(sequence(context(1204, octets(Buffer.from(appId)))))),
    ...(mac ? [extension(accessControlOid, encode(sequence(context(3, octets(fullSecurity)))))] : []),
    extension(systemOid, encode(sequence(context(1400, utf8String(osVersion)), context(1401, integer(0))))),
  ]
}

export function nonceExtension(nonce: Uint8Array): Der {
  return extension(nonceOid, encode(sequence(context(1, octets(nonce)))))
}

/** All but the extension that holds the nonce. */
export function withoutNonce(extensions: readonly Der[]): readonly Der[] {
  return extensions.filter((each) => !encode(each).includes(encode(oid(nonceOid))))
}
