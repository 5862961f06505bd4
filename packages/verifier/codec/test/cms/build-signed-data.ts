import { createHash, sign } from 'node:crypto'
import { context, integer, octets, oid, sequence, set } from '../der/encode.ts'
import type { Part } from '../der/encode.ts'
import { commonName } from '../x509/issue-certificate.ts'
import type { KeyPair } from '../x509/issue-certificate.ts'

export const digestOids: Record<string, string> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

export const keyOids: Record<string, string> = {
  rsa: '1.2.840.113549.1.1.1',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
}

export const dataOid = '1.2.840.113549.1.7.1'

export interface SignerTemplate {
  readonly keys: KeyPair
  /** Name of the hash that is signed with, and of the digest algorithm unless that differs. */
  readonly hash?: string
  readonly digestOid?: string
  readonly signatureOid?: string
  readonly issuer?: Buffer
  readonly serial?: number | bigint
  readonly identifier?: Buffer
  /** Members of the signed attributes; `{ digest }` is that of the content. */
  readonly attributes?: (digest: Buffer) => readonly Part[]
  readonly changeSignature?: (signature: Buffer) => Buffer
  readonly unsignedAttributes?: Buffer
}

export function attribute(type: string, ...values: Part[]): Buffer {
  return sequence(oid(type), set(...values))
}

export const contentType = (type = dataOid): Buffer => attribute('1.2.840.113549.1.9.3', oid(type))
export const messageDigest = (...digests: Buffer[]): Buffer =>
  attribute('1.2.840.113549.1.9.4', ...digests.map((digest) => octets(digest)))

export function signerInfo(content: Uint8Array, template: SignerTemplate): Buffer {
  const { keys, hash = 'sha256', issuer = commonName('Signer'), serial = 1 } = template
  const attributes = template.attributes?.(createHash(hash).update(content).digest())
  const signed = attributes === undefined ? content : set(...attributes)
  const signature = sign(hash, signed, keys.privateKey)
  return sequence(
    integer(1),
    template.identifier ?? sequence(issuer, integer(serial)),
    sequence(oid(template.digestOid ?? digestOids[hash]!)),
    attributes === undefined ? [] : context(0, attributes),
    sequence(oid(template.signatureOid ?? keyOids[keys.publicKey.asymmetricKeyType ?? '']!)),
    octets(template.changeSignature?.(signature) ?? signature),
    template.unsignedAttributes ?? [],
  )
}

export interface SignedDataTemplate {
  readonly signerInfos: readonly Part[]
  readonly certificates?: readonly Part[]
  readonly content?: Buffer
  readonly contentType?: string
  readonly crls?: Buffer
}

/** ContentInfo with SignedData. */
export function buildSignedData(template: SignedDataTemplate): Buffer {
  const { signerInfos, certificates, content } = template
  const signedData = sequence(
    integer(1),
    set(sequence(oid(digestOids.sha256!))),
    sequence(oid(template.contentType ?? dataOid), content === undefined ? [] : context(0, content)),
    certificates === undefined ? [] : context(0, certificates),
    template.crls ?? [],
    set(...signerInfos),
  )
  return sequence(oid('1.2.840.113549.1.7.2'), context(0, signedData))
}
