import { createHash, sign } from 'node:crypto'
import * as asn1 from 'asn1js'
import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, extension, keyUsage, nameOf } from '../x509/certificate.ts'
import { encode, encoded, integer, octets, oid, sequence, set, type Der } from '../x509/der.ts'

/** What a receipt says beside the attested certificate and what was attested. */
export interface ReceiptFields {
  readonly appId: string
  readonly leaf: Uint8Array
  readonly clientDataHash: Uint8Array
  readonly environment: 'sandbox' | 'production'
  /** Unix seconds. */
  readonly createdAt: number
  /** About how many keys the app attested on the device in 30 days: makes it a refreshed receipt. */
  readonly riskMetric?: number | 'not counted'
}

export type ReceiptWriter = (fields: ReceiptFields) => Buffer

const cms = {
  signedData: '1.2.840.113549.1.7.2',
  data: '1.2.840.113549.1.7.1',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const

const day = 86_400
/** Octets of one piece of the content. */
const segmentLength = 1000

/** Marks certificates that receipts are signed with. */
const receiptSigning = '1.2.840.113635.100.12.15'

/**
 * Signs receipts under a root: CMS in BER, of indefinite length, its content in pieces, as Apple's are. Apple's own root of
 * receipts is another one than that of attestations; here one is both.
 */
export function createReceiptSigner(root: Authority): ReceiptWriter {
  const dates = {
    notBefore: Date.parse('2020-03-19T00:00:00Z') / 1000,
    notAfter: Date.parse('2045-01-01T00:00:00Z') / 1000,
    hash: 'sha256',
  } as const
  const intermediate = createAuthority(
    newKeyPair('P-256'),
    {
      ...dates,
      serial: 0x1cn,
      subject: [[attribute.commonName, 'Assay Testkit Application Integration CA']],
      extensions: [basicConstraints(true), keyUsage('keyCertSign')],
    },
    root,
  )
  const keys = newKeyPair('P-256')
  const serial = 0x1dn
  const { certificate } = createAuthority(
    keys,
    {
      ...dates,
      serial,
      subject: [[attribute.commonName, 'Assay Testkit Application Attestation Fraud Receipt Signing']],
      extensions: [basicConstraints(false), extension(receiptSigning, Buffer.from('0500', 'hex'))],
    },
    intermediate,
  )
  const certificates = [certificate, intermediate.certificate]
  const signerId = sequence(nameOf(intermediate.template.subject), integer(serial))
  return (fields) => {
    const content = encode(payload(fields))
    // Both forms that RFC 5652 section 5.4 knows: the content is signed, or attributes with its digest are.
    const attributes = fields.riskMetric === undefined ? undefined : attributesOf(content)
    const signed = attributes === undefined ? content : encode(set(...attributes))
    const signer = signerInfo(signerId, sign('sha256', signed, keys.privateKey), attributes)
    return encode(indefinite(oid(cms.signedData), explicit(signedData(content, certificates, signer))))
  }
}

function signedData(content: Buffer, certificates: readonly Buffer[], signer: Der): Der {
  const pieces = Array.from({ length: Math.ceil(content.length / segmentLength) }, (_, i) =>
    octets(content.subarray(i * segmentLength, (i + 1) * segmentLength)),
  )
  return indefinite(
    integer(1),
    set(sequence(oid(cms.sha256))),
    indefinite(
      oid(cms.data),
      explicit(new asn1.Constructed({ idBlock: { tagClass: 1, tagNumber: 4 }, value: pieces })),
    ),
    explicit(...certificates.map(encoded)),
    set(signer),
  )
}

function signerInfo(signerId: Der, signature: Buffer, attributes: readonly Der[] | undefined): Der {
  const digest = sequence(oid(cms.sha256))
  const signed =
    attributes === undefined
      ? []
      : [new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [...attributes] })]
  return sequence(
    integer(1),
    signerId,
    digest,
    ...signed,
    sequence(oid(cms.ecdsaWithSha256)),
    octets(signature),
  )
}

/** In the order of DER. */
function attributesOf(content: Buffer): Der[] {
  const digest = createHash('sha256').update(content).digest()
  return [
    sequence(oid(cms.contentType), set(oid(cms.data))),
    sequence(oid(cms.messageDigest), set(octets(digest))),
  ]
}

function indefinite(...value: Der[]): Der {
  return new asn1.Sequence({ lenBlock: { isIndefiniteForm: true }, value })
}

function explicit(...value: Der[]): Der {
  return new asn1.Constructed({
    idBlock: { tagClass: 3, tagNumber: 0 },
    lenBlock: { isIndefiniteForm: true },
    value,
  })
}

/** SET OF SEQUENCE { type, version, value }. */
function payload(receipt: ReceiptFields): Der {
  const { appId, leaf, clientDataHash, environment, createdAt, riskMetric } = receipt
  const fields: (readonly [type: number, value: Uint8Array | string])[] = [
    [2, appId],
    [3, leaf],
    [4, clientDataHash],
    [5, Buffer.alloc(64, 0x5a).toString('base64')],
    [6, riskMetric === undefined ? 'ATTEST' : 'RECEIPT'],
    [7, environment],
    [12, iso(createdAt)],
    ...(riskMetric === undefined
      ? []
      : ([
          ...(riskMetric === 'not counted' ? [] : [[17, String(riskMetric)] as const]),
          [19, iso(createdAt + day)],
        ] as const)),
    [21, iso(createdAt + 90 * day)],
  ]
  return set(
    ...fields.map(([type, value]) => sequence(integer(type), integer(1), octets(Buffer.from(value)))),
  )
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
