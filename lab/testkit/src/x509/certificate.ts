import { sign, X509Certificate } from 'node:crypto'
import type { KeyPair } from '../keys/key-pair.ts'
import {
  bits,
  boolean,
  context,
  encode,
  encoded,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  time,
  utf8String,
  type Der,
} from './der.ts'

/** SHA-1 only to be refused. */
export type CertificateHash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** Everything that a certificate says, and who signs it. */
export interface CertificateTemplate {
  /** Unsigned. */
  readonly serial: bigint
  readonly issuer: Name
  readonly subject: Name
  /** Unix seconds. */
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array
  readonly extensions: readonly Der[]
  readonly signer: KeyPair
  readonly hash: CertificateHash
}

/** Attributes of a name, one per set: object identifier and text. */
export type Name = readonly (readonly [oid: string, text: string])[]

export const attribute = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  state: '2.5.4.8',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  title: '2.5.4.12',
} as const

const algorithms = {
  ec: {
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
  rsa: {
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
} as const

/** A certificate of version 3, in DER. */
export function issueCertificate(template: CertificateTemplate): Buffer {
  const { signer, hash } = template
  const tbs = encode(tbsCertificate(template))
  const signature = sign(hash, tbs, signer.privateKey)
  return encode(sequence(encoded(tbs), algorithmOf(template), bits(signature)))
}

function tbsCertificate(template: CertificateTemplate): Der {
  const { extensions } = template
  return sequence(
    context(0, integer(2)),
    integer(template.serial),
    algorithmOf(template),
    nameOf(template.issuer),
    sequence(timeOf(template.notBefore), timeOf(template.notAfter)),
    nameOf(template.subject),
    encoded(template.spki),
    ...(extensions.length === 0 ? [] : [context(3, sequence(...extensions))]),
  )
}

function algorithmOf({ signer, hash }: CertificateTemplate): Der {
  return signer.publicKey.asymmetricKeyType === 'rsa'
    ? sequence(oid(algorithms.rsa[hash]), nothing())
    : sequence(oid(algorithms.ec[hash]))
}

export function nameOf(name: Name): Der {
  return sequence(...name.map(([type, text]) => set(sequence(oid(type), utf8String(text)))))
}

function timeOf(seconds: number): Der {
  return time(new Date(seconds * 1000))
}

/** @param value DER of the extension's content */
export function extension(id: string, value: Uint8Array, critical = false): Der {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))
}

export function basicConstraints(isCa: boolean, pathLength?: number): Der {
  const content = [
    ...(isCa ? [boolean(true)] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  ]
  return extension('2.5.29.19', encode(sequence(...content)), true)
}

/** Bits of RFC 5280 4.2.1.3, in the first octet. */
const usages = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const

export function keyUsage(...names: readonly (keyof typeof usages)[]): Der {
  const octet = names.reduce((sum, name) => sum | usages[name], 0)
  const unused = 31 - Math.clz32(octet & -octet)
  return extension('2.5.29.15', encode(bits(Buffer.of(octet), unused)), true)
}

export function pemOf(certificate: Buffer): string {
  return new X509Certificate(certificate).toString()
}
