import { constants, createHash, createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import { commonName, issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import type { KeyPair } from '../../../../codec/test/x509/issue-certificate.ts'

/** A signing key with its certificate. */
export interface Identity {
  keys: KeyPair
  certificate: Buffer
  /** Hex. */
  sha256: string
}

export function identityOf(keys: KeyPair, name = 'Signer', serial = 1): Identity {
  const certificate = issueCertificate({ keys, name: commonName(name), serial })
  return { keys, certificate, sha256: createHash('sha256').update(certificate).digest('hex') }
}

export const rsaIdentity = (name?: string): Identity => identityOf(storedKeyPair('RSA-2048-1'), name)
export const ecIdentity = (name?: string): Identity =>
  identityOf(fixedKeyPair('P-256', name ?? 'Signer'), name)
export const dsaIdentity = (name?: string): Identity => identityOf(storedKeyPair('DSA-2048'), name)

interface Algorithm {
  hash: string
  saltLength?: number
  digest: (sections: readonly Buffer[]) => Buffer
}

const chunkedSha256 = (sections: readonly Buffer[]): Buffer => chunked(sections, 'sha256')
const chunkedSha512 = (sections: readonly Buffer[]): Buffer => chunked(sections, 'sha512')

const algorithms: Record<number, Algorithm> = {
  0x0101: { hash: 'sha256', saltLength: 32, digest: chunkedSha256 },
  0x0102: { hash: 'sha512', saltLength: 64, digest: chunkedSha512 },
  0x0103: { hash: 'sha256', digest: chunkedSha256 },
  0x0104: { hash: 'sha512', digest: chunkedSha512 },
  0x0201: { hash: 'sha256', digest: chunkedSha256 },
  0x0202: { hash: 'sha512', digest: chunkedSha512 },
  0x0301: { hash: 'sha256', digest: chunkedSha256 },
  0x0421: { hash: 'sha256', digest: verity },
  0x0423: { hash: 'sha256', digest: verity },
  0x0425: { hash: 'sha256', digest: verity },
}

export interface AttributeTemplate {
  id: number
  value: Buffer
}

/** A signer record, each part of which can be made otherwise than it should be. */
export interface SignerTemplate {
  identity: Identity
  /** Ids of the signature algorithms; default ECDSA or RSA PKCS #1 with SHA-256. */
  algorithms?: readonly number[]
  attributes?: readonly AttributeTemplate[]
  /** First and last SDK level, for v3 and v3.1. */
  range?: readonly [number, number]
  /** The same inside the signed data. */
  signedRange?: readonly [number, number]
  certificates?: readonly Buffer[]
  publicKey?: Buffer
  /** Ids listed with the digests. */
  digestIds?: readonly number[]
  changeDigest?: (digest: Buffer) => Buffer
  changeSignature?: (signature: Buffer) => Buffer
  changeSignedData?: (signedData: Buffer) => Buffer
  changeSigner?: (signer: Buffer) => Buffer
}

export interface SigningTemplate {
  v2?: readonly SignerTemplate[]
  v3?: readonly SignerTemplate[]
  v31?: readonly SignerTemplate[]
  /** Further pairs: before the schemes and after them. */
  before?: readonly (readonly [id: number, value: Buffer])[]
  after?: readonly (readonly [id: number, value: Buffer])[]
  /** Pads the block to a multiple of 4096, as verity digests need. */
  aligned?: boolean
  changePairs?: (pairs: Buffer) => Buffer
  changeBlock?: (block: Buffer) => Buffer
  /** Sizes and magic of the block as written. */
  sizes?: readonly [header: bigint, footer: bigint]
  magic?: string
}

export const anyRange = [24, 0x7fffffff] as const

/** Signs a ZIP that has no comment and no signing block yet. */
export function signApk(archive: Buffer, template: SigningTemplate): Buffer {
  const endAt = archive.length - 22
  const directoryAt = archive.readUInt32LE(endAt + 16)
  const sections = [
    archive.subarray(0, directoryAt),
    archive.subarray(directoryAt, endAt),
    archive.subarray(endAt),
  ]
  const schemes: [number, Buffer][] = []
  if (template.v2) schemes.push([0x7109871a, signersOf(template.v2, sections, false)])
  if (template.v3) schemes.push([0xf05368c0, signersOf(template.v3, sections, true)])
  if (template.v31) schemes.push([0x1b93ad61, signersOf(template.v31, sections, true)])
  const all = [...(template.before ?? []), ...schemes, ...(template.after ?? [])]
  const pairs = Buffer.concat(all.map(([id, value]) => pair(id, value)))
  const changed = template.changePairs?.(pairs) ?? pairs
  const block = blockOf(template.aligned === true ? align(changed) : changed, template)
  const end = Buffer.from(archive.subarray(endAt))
  end.writeUInt32LE(directoryAt + block.length, 16)
  return Buffer.concat([sections[0]!, block, sections[1]!, end])
}

function blockOf(pairs: Buffer, template: SigningTemplate): Buffer {
  const size = BigInt(pairs.length + 24)
  const [header, footer] = template.sizes ?? [size, size]
  const magic = Buffer.from(template.magic ?? 'APK Sig Block 42', 'latin1')
  const block = Buffer.concat([uint64(header), pairs, uint64(footer), magic])
  return template.changeBlock?.(block) ?? block
}

export function pair(id: number, value: Buffer): Buffer {
  return Buffer.concat([uint64(BigInt(value.length + 4)), uint32(id), value])
}

function align(pairs: Buffer): Buffer {
  const missing = (4096 - ((pairs.length + 32) % 4096)) % 4096
  const padding = missing >= 12 ? missing : missing + 4096
  return Buffer.concat([pairs, pair(0x42726577, Buffer.alloc(padding - 12))])
}

function signersOf(signers: readonly SignerTemplate[], sections: readonly Buffer[], ranged: boolean): Buffer {
  return prefixed(Buffer.concat(signers.map((each) => prefixed(signerOf(each, sections, ranged)))))
}

function signerOf(template: SignerTemplate, sections: readonly Buffer[], ranged: boolean): Buffer {
  const { keys, certificate } = template.identity
  const ids = template.algorithms ?? [defaultAlgorithm(keys.publicKey)]
  const range = template.range ?? anyRange
  const signedRange = template.signedRange ?? range
  const digests = (template.digestIds ?? ids).map((id) => {
    const digest = (algorithms[id]?.digest ?? chunkedSha256)(sections)
    return prefixed(Buffer.concat([uint32(id), prefixed(template.changeDigest?.(digest) ?? digest)]))
  })
  const attributes = (template.attributes ?? []).map(({ id, value }) =>
    prefixed(Buffer.concat([uint32(id), value])),
  )
  const made = Buffer.concat([
    prefixed(Buffer.concat(digests)),
    prefixed(Buffer.concat((template.certificates ?? [certificate]).map(prefixed))),
    ...(ranged ? signedRange.map(uint32) : []),
    prefixed(Buffer.concat(attributes)),
  ])
  const signedData = template.changeSignedData?.(made) ?? made
  const signatures = ids.map((id) => {
    const signature = signWith(id, keys.privateKey, signedData)
    return prefixed(Buffer.concat([uint32(id), prefixed(template.changeSignature?.(signature) ?? signature)]))
  })
  const signer = Buffer.concat([
    prefixed(signedData),
    ...(ranged ? range.map(uint32) : []),
    prefixed(Buffer.concat(signatures)),
    prefixed(template.publicKey ?? keys.publicKey.export({ format: 'der', type: 'spki' })),
  ])
  return template.changeSigner?.(signer) ?? signer
}

function defaultAlgorithm(key: KeyObject): number {
  return { rsa: 0x0103, ec: 0x0201, dsa: 0x0301 }[key.asymmetricKeyType as 'rsa' | 'ec' | 'dsa']
}

/** Signs as the algorithm id says; an unknown id is treated as RSA PKCS #1 or plain ECDSA with SHA-256. */
export function signWith(id: number, key: KeyObject, data: Buffer): Buffer {
  const { hash, saltLength } = algorithms[id] ?? { hash: 'sha256' }
  if (saltLength === undefined) return sign(hash, data, key)
  return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
}

/** The proof-of-rotation attribute of these identities, oldest first. */
export function lineageOf(identities: readonly Identity[], options: LineageOptions = {}): AttributeTemplate {
  const nodes = identities.map((identity, i) => {
    const parent = identities[i - 1]
    const parentAlgorithm = parent ? defaultAlgorithm(parent.keys.publicKey) : 0
    const signedData = Buffer.concat([
      prefixed(identity.certificate),
      uint32(options.signedAlgorithm ?? parentAlgorithm),
    ])
    const signature = parent ? signWith(parentAlgorithm, parent.keys.privateKey, signedData) : Buffer.alloc(0)
    if (options.corrupt === i) signature.writeUInt8(signature.readUInt8(20) ^ 1, 20)
    const record = Buffer.concat([
      prefixed(signedData),
      uint32(options.flags?.[i] ?? 0x17),
      uint32(defaultAlgorithm(identity.keys.publicKey)),
      prefixed(signature),
    ])
    return prefixed(record)
  })
  return { id: 0x3ba06f8c, value: Buffer.concat([uint32(options.version ?? 1), ...nodes]) }
}

interface LineageOptions {
  version?: number
  flags?: readonly number[]
  /** Index of the node whose signature is broken. */
  corrupt?: number
  signedAlgorithm?: number
}

/** An attribute whose value is a number. */
export function numberAttribute(id: number, value: number): AttributeTemplate {
  return { id, value: uint32(value) }
}

export const attributeIds = {
  strippingProtection: 0xbeeff00d,
  rotationMinSdk: 0x559f8b02,
  targetsDevelopmentRelease: 0xc2a6b3ba,
} as const

/** The key of a certificate, as signers write it. */
export function spkiOf(keys: KeyPair): Buffer {
  return createPublicKey(keys.publicKey.export({ format: 'pem', type: 'spki' })).export({
    format: 'der',
    type: 'spki',
  })
}

function chunked(sections: readonly Buffer[], hash: string): Buffer {
  const size = 1024 * 1024
  const digests = sections.flatMap((section) =>
    Array.from({ length: Math.ceil(section.length / size) }, (_, i) => {
      const chunk = section.subarray(i * size, (i + 1) * size)
      return createHash(hash)
        .update(Buffer.from([0xa5]))
        .update(uint32(chunk.length))
        .update(chunk)
        .digest()
    }),
  )
  const top = createHash(hash)
    .update(Buffer.from([0x5a]))
    .update(uint32(digests.length))
  return top.update(Buffer.concat(digests)).digest()
}

function verity(sections: readonly Buffer[]): Buffer {
  const all = Buffer.concat(sections)
  const hashBlocks = (bytes: Buffer): Buffer => {
    const digests: Buffer[] = []
    for (let at = 0; at < bytes.length; at += 4096) {
      const block = Buffer.concat([Buffer.alloc(8), bytes.subarray(at, at + 4096)], 8 + 4096)
      digests.push(createHash('sha256').update(block).digest())
    }
    return Buffer.concat(digests)
  }
  let level = hashBlocks(all)
  while (level.length > 4096) level = hashBlocks(level)
  return Buffer.concat([hashBlocks(level), uint64(BigInt(all.length))])
}

export function prefixed(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
