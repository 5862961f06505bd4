import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import {
  bits,
  boolean,
  context,
  generalizedTime,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  utf8String,
} from './der.ts'

/** A chain of a phone, with the keys to verify it. */
export interface AttestedChain {
  /** DER, leaf first. */
  readonly chain: readonly Buffer[]
  readonly challenge: Buffer
  /** Keys of the issuers of leaf, device certificate and so on. */
  readonly issuers: readonly KeyObject[]
}

export interface AttestedChains {
  readonly root: KeyObject
  readonly factory: readonly AttestedChain[]
  readonly remote: readonly AttestedChain[]
}

export const packageName = 'com.example.app'
export const signerDigest = 'ab'.repeat(32)

interface Party {
  readonly name: Buffer
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  /** Certificates from its own up to the root. */
  readonly path: readonly Buffer[]
  readonly issuers: readonly KeyObject[]
}

const batches = 8

/**
 * Chains as phones have them: factory keys, shared by a batch of phones, and remotely provisioned ones, one for each
 * phone. Every leaf has a key and a challenge of its own.
 */
export function makeChains(count: number): AttestedChains {
  const root = rootParty()
  const intermediate = issue(root, nameOf(['2.5.4.5', '8bcafe']), 'P-384')
  const devices = Array.from({ length: batches }, (_, i) =>
    issue(intermediate, nameOf(['2.5.4.5', `f00d${i}`], ['2.5.4.12', 'TEE']), 'P-256'),
  )
  const ca2 = issue(root, nameOf(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Google LLC']), 'P-384')
  const ca3 = issue(ca2, nameOf(['2.5.4.3', 'Droid CA3'], ['2.5.4.10', 'Google LLC']), 'P-256')
  const numbers = Array.from({ length: count }, (_, i) => i)
  return {
    root: root.keys.publicKey,
    factory: numbers.map((i) => attest(devices[i % batches] as Party)),
    remote: numbers.map((i) =>
      attest(issue(ca3, nameOf(['2.5.4.10', 'TEE'], ['2.5.4.3', `5eed${i}`]), 'P-256')),
    ),
  }
}

function attest(device: Party): AttestedChain {
  const challenge = Buffer.from(randomBytes(32).toString('base64url'))
  const extension = sequence(oid('1.3.6.1.4.1.11129.2.1.17'), octets(keyDescription(challenge)))
  const leaf = issue(device, nameOf(['2.5.4.3', 'Android Keystore Key']), 'P-256', [extension])
  return { chain: leaf.path, challenge, issuers: leaf.issuers }
}

function rootParty(): Party {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const name = nameOf(['2.5.4.5', 'f92009e853b6b045'])
  return { name, keys, path: [certificate(name, name, keys.publicKey, keys, authority)], issuers: [] }
}

function issue(issuer: Party, name: Buffer, namedCurve: string, extensions = authority): Party {
  const keys = generateKeyPairSync('ec', { namedCurve })
  const own = certificate(issuer.name, name, keys.publicKey, issuer.keys, extensions)
  return { name, keys, path: [own, ...issuer.path], issuers: [issuer.keys.publicKey, ...issuer.issuers] }
}

/** keyCertSign and CA:TRUE. */
const authority: readonly Buffer[] = [
  sequence(oid('2.5.29.15'), boolean(true), octets(bits(Buffer.of(0x04), 2))),
  sequence(oid('2.5.29.19'), boolean(true), octets(sequence(boolean(true)))),
]

function certificate(
  issuer: Buffer,
  subject: Buffer,
  publicKey: KeyObject,
  by: Party['keys'],
  extensions: readonly Buffer[],
): Buffer {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const tbs = sequence(
    context(0, integer(2)),
    integer(BigInt(`0x7${randomBytes(15).toString('hex')}`)),
    algorithm,
    issuer,
    sequence(generalizedTime('20260101000000Z'), generalizedTime('20460101000000Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(...extensions)),
  )
  return sequence(tbs, algorithm, bits(sign('sha256', tbs, by.privateKey)))
}

function nameOf(...attributes: readonly (readonly [string, string])[]): Buffer {
  return sequence(...attributes.map(([id, value]) => set(sequence(oid(id), utf8String(value)))))
}

const enumerated = (value: number): Buffer => integer(value, 0x0a)

function keyDescription(challenge: Buffer): Buffer {
  return sequence(
    integer(400),
    enumerated(1),
    integer(400),
    enumerated(1),
    octets(challenge),
    octets(Buffer.alloc(0)),
    sequence(
      context(701, integer(1_790_000_000_000)),
      context(709, octets(applicationId())),
      context(724, octets(randomBytes(32))),
    ),
    hardwareList(),
  )
}

function applicationId(): Buffer {
  const info = sequence(octets(Buffer.from(packageName)), integer(7))
  return sequence(set(info), set(octets(Buffer.from(signerDigest, 'hex'))))
}

function hardwareList(): Buffer {
  const rootOfTrust = sequence(octets(randomBytes(32)), boolean(true), enumerated(0), octets(randomBytes(32)))
  return sequence(
    context(1, set(integer(2))),
    context(2, integer(3)),
    context(3, integer(256)),
    context(5, set(integer(4))),
    context(10, integer(1)),
    context(503, nothing()),
    context(702, integer(0)),
    context(704, rootOfTrust),
    context(705, integer(160000)),
    context(706, integer(202610)),
    context(718, integer(20261005)),
    context(719, integer(20261001)),
  )
}
