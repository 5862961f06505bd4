import { createHash, sign, X509Certificate } from 'node:crypto'
import { fixedKeyPair } from '@assay/testkit/fixed'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import {
  bits,
  boolean,
  context,
  integer,
  octets,
  oid,
  sequence,
  set,
  text,
} from '../../../codec/test/der/encode.ts'
import { extension, type KeyPair } from '../../../codec/test/x509/issue-certificate.ts'
import {
  appAttestAnchor,
  appleAppAttest,
  attestationContext,
  intermediateCache,
  type AppAttestAnchor,
  type AttestationContextInput,
} from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'

/** An authority of our own that issues what Apple does, and on demand every fault. */

export const now = Date.parse('2026-11-25T12:00:00Z') / 1000
export const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
export const appId = 'ABCDE12345.com.example.app'

export const name = (commonName: string, tag = 0x0c): Buffer =>
  sequence(
    set(sequence(oid('2.5.4.3'), text(commonName, tag))),
    set(sequence(oid('2.5.4.10'), text('Example Inc.', tag))),
  )

const utcTime = (iso: string): Buffer =>
  text(`${new Date(iso).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`, 0x17)
export const validity = (from: string, to: string): Buffer => sequence(utcTime(from), utcTime(to))

export interface CertificateParts {
  readonly subject: Buffer
  readonly issuer: Buffer
  readonly spki: Buffer
  readonly validity: Buffer
  readonly extensions: readonly Buffer[]
  readonly signer: KeyPair
  readonly hash: 'sha256' | 'sha384' | 'sha512'
  /** The algorithm as written, if it is to be another than the one that signs. */
  readonly stated?: 'sha256' | 'sha384' | 'sha512'
  /** How the signature is written. */
  readonly written?: (signature: Buffer) => Buffer
}

const signatureOids = { sha256: 2, sha384: 3, sha512: 4 } as const

export function certificate(parts: CertificateParts): Buffer {
  const { written = bits, stated = parts.hash } = parts
  const algorithm = sequence(oid(`1.2.840.10045.4.3.${signatureOids[stated]}`))
  const tbs = sequence(
    context(0, integer(2)),
    integer(4711),
    algorithm,
    parts.issuer,
    parts.validity,
    parts.subject,
    parts.spki,
    parts.extensions.length === 0 ? [] : context(3, sequence(...parts.extensions)),
  )
  return sequence(tbs, algorithm, written(sign(parts.hash, tbs, parts.signer.privateKey)))
}

export const spkiOf = ({ publicKey }: KeyPair): Buffer => publicKey.export({ format: 'der', type: 'spki' })

export const basicConstraints = (isCa: boolean, ...more: Buffer[]): Buffer =>
  extension('2.5.29.19', sequence(isCa ? boolean() : [], ...more), true)
export const keyUsage = (octet: number): Buffer => extension('2.5.29.15', bits(Buffer.of(octet), 1), true)

export const rootKeys = fixedKeyPair('P-384', 'root')
const intermediateKeys = fixedKeyPair('P-384', 'intermediate')
export const attestedKeys = fixedKeyPair('P-256', 'attested')

export const genuineRoot: CertificateParts = {
  subject: name('Root'),
  issuer: name('Root'),
  spki: spkiOf(rootKeys),
  validity: validity('2020-03-18', '2045-03-15'),
  extensions: [basicConstraints(true), keyUsage(0x06)],
  signer: rootKeys,
  hash: 'sha384',
}
export const genuineIntermediate: CertificateParts = {
  subject: name('CA 1'),
  issuer: name('Root'),
  spki: spkiOf(intermediateKeys),
  validity: validity('2020-03-18', '2030-03-13'),
  extensions: [basicConstraints(true, integer(0)), keyUsage(0x06)],
  signer: rootKeys,
  hash: 'sha384',
}

/** Signatures differ each time, and one certificate is to be the same for all. */
const usualIntermediate = certificate(genuineIntermediate)

export const anchorOf = (parts: CertificateParts): AppAttestAnchor =>
  appAttestAnchor('root', new X509Certificate(certificate(parts)).toString())
export const anchor = anchorOf(genuineRoot)

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

export const pointOf = (keys: KeyPair): Buffer => spkiOf(keys).subarray(-65)
export const keyIdOf = (keys: KeyPair): Buffer => sha256(pointOf(keys))
export const coseKey = (point: Buffer): Buffer =>
  cbor.map(
    [cbor.int(1), cbor.int(2)],
    [cbor.int(3), cbor.int(-7)],
    [cbor.int(-1), cbor.int(1)],
    [cbor.int(-2), cbor.bytes(point.subarray(1, 33))],
    [cbor.int(-3), cbor.bytes(point.subarray(33))],
  )
export const category = (value: number): [Buffer, Buffer] => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return [cbor.text('apple_validation_category_01'), cbor.bytes(bytes)]
}
export const bundleVersion = (value: string): [Buffer, Buffer] => [
  cbor.text('apple_bundle_version_01'),
  cbor.text(value),
]

export const production = Buffer.from('appattest\0\0\0\0\0\0\0')
export const development = Buffer.from('appattestdevelop')
export const nonceExtension = (nonce: Uint8Array): Buffer =>
  extension('1.2.840.113635.100.8.2', sequence(context(1, octets(nonce))))

/** Authenticator data in its parts; what is not given is as a genuine device writes it. */
export interface DataParts {
  readonly appId?: string
  readonly flags?: number
  readonly counter?: number
  readonly aaguid?: Buffer
  readonly idLength?: number
  readonly credentialId?: Buffer
  readonly cose?: Buffer
  readonly extensions?: Buffer
}

export function fixedPart({ appId: id = appId, flags = 0x40, counter = 0 }: DataParts): Buffer {
  const counterBytes = Buffer.alloc(4)
  counterBytes.writeUInt32BE(counter)
  return Buffer.concat([sha256(id), Buffer.of(flags), counterBytes])
}

export function attestedData(parts: DataParts, keys: KeyPair = attestedKeys): Buffer {
  const { aaguid = production, credentialId = keyIdOf(keys), cose = coseKey(pointOf(keys)) } = parts
  const idLength = Buffer.alloc(2)
  idLength.writeUInt16BE(parts.idLength ?? credentialId.length)
  return Buffer.concat([
    fixedPart(parts),
    aaguid,
    idLength,
    credentialId,
    cose,
    parts.extensions ?? Buffer.of(),
  ])
}

/** What differs from a genuine attestation. */
export interface Changes {
  readonly data?: DataParts
  /** Makes something else of the finished authenticator data, before it is attested. */
  readonly changeData?: (data: Buffer) => Buffer
  readonly keys?: KeyPair
  readonly keyId?: Buffer
  readonly commitment?: Uint8Array
  readonly leaf?: Partial<CertificateParts>
  readonly leafExtensions?: (nonce: Buffer) => readonly Buffer[]
  readonly intermediate?: Partial<CertificateParts>
  /** Makes something else of the finished certificates. */
  readonly certificates?: (leaf: Buffer, intermediate: Buffer) => readonly Buffer[]
  readonly format?: string
  /** Members of the object by name, encoded; undefined leaves one out. */
  readonly members?: Readonly<Record<string, Buffer | undefined>>
  readonly statement?: Readonly<Record<string, Buffer | undefined>>
  /** Makes something else of the finished object. */
  readonly object?: (object: Buffer) => Buffer
}

export function attestation(changes: Changes = {}): Buffer {
  const { keys = attestedKeys, commitment = appleAppAttest.commitment(binding) } = changes
  const data = (changes.changeData ?? ((each: Buffer) => each))(attestedData(changes.data ?? {}, keys))
  const nonce = sha256(data, commitment)
  const { leafExtensions = (value: Buffer) => [basicConstraints(false), nonceExtension(value)] } = changes
  const leaf = certificate({
    subject: name('Leaf'),
    issuer: name('CA 1'),
    spki: spkiOf(keys),
    validity: validity('2026-11-24T11:00:00Z', '2026-11-27T11:00:00Z'),
    extensions: leafExtensions(nonce),
    signer: intermediateKeys,
    hash: 'sha256',
    ...changes.leaf,
  })
  const intermediate =
    changes.intermediate === undefined
      ? usualIntermediate
      : certificate({ ...genuineIntermediate, ...changes.intermediate })
  const x5c = (changes.certificates ?? ((...both: Buffer[]) => both))(leaf, intermediate)
  const statement = {
    x5c: cbor.array(...x5c.map(cbor.bytes)),
    receipt: cbor.bytes(Buffer.from('receipt')),
    ...changes.statement,
  }
  const object = mapOf({
    fmt: cbor.text(changes.format ?? 'apple-appattest'),
    attStmt: mapOf(statement),
    authData: cbor.bytes(data),
    ...changes.members,
  })
  return (changes.object ?? ((each: Buffer) => each))(object)
}

export function mapOf(members: Readonly<Record<string, Buffer | undefined>>): Buffer {
  const there = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [[cbor.text(key), value] as const],
  )
  return cbor.map(...there)
}

export function itemOf(object: Buffer, keyId: Buffer = keyIdOf(attestedKeys)) {
  return {
    format: 'apple-app-attest',
    key_id: keyId.toString('base64url'),
    attestation: object.toString('base64url'),
  }
}

export const contextInput: AttestationContextInput = {
  commitment: appleAppAttest.commitment(binding),
  now,
  anchors: [anchor],
  apps: [{ platform: 'ios', appId }],
  environments: ['production'],
  intermediates: intermediateCache(),
  system: 'ios',
}

/** Claims of an attestation with these changes, in a context with those. */
export async function attesting(changes: Changes = {}, context: Partial<AttestationContextInput> = {}) {
  const keyId = changes.keyId ?? keyIdOf(changes.keys ?? attestedKeys)
  const parsed = appleAppAttest.parse(itemOf(attestation(changes), keyId))
  const fresh = { ...contextInput, intermediates: intermediateCache(), ...context }
  return (await appleAppAttest.verify(parsed, attestationContext(fresh))).claims
}

/** The code with which it is refused, or `accepted`. */
export const refusal = (changes: Changes, context?: Partial<AttestationContextInput>): Promise<unknown> =>
  codeOf(() => attesting(changes, context))
