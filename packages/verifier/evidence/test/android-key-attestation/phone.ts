import { sign, type KeyObject } from 'node:crypto'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import {
  androidKeyAttestation,
  androidKeyContext,
  issuerKeys,
  type AndroidKeyContext,
  type AndroidKeyContextInput,
} from '../../src/android-key-attestation/index.ts'
import type { RevocationState } from '../../src/index.ts'
import { bits, context, integer, oid, sequence, set, text } from '../../../codec/test/der/encode.ts'
import { extension } from '../../../codec/test/x509/issue-certificate.ts'
import { challenge, keyDescription, packageName, signer, type Statement } from './write-key-description.ts'

/** A vendor with a root, and phones whose keys it attests: well-formed chains, and any fault in them. */

export const now = Date.UTC(2026, 10, 25) / 1000

const attestation = '1.3.6.1.4.1.11129.2.1.17'
const provisioning = '1.3.6.1.4.1.11129.2.1.30'

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const keys = {
  root: fixedKeyPair('P-384', 'root'),
  intermediate: fixedKeyPair('P-384', 'intermediate'),
  device: fixedKeyPair('P-256', 'device'),
  app: fixedKeyPair('P-256', 'app'),
  rsa: storedKeyPair('RSA-2048-1'),
  other: fixedKeyPair('P-256', 'other'),
}

export const spkiOf = ({ publicKey }: Pair): Buffer => publicKey.export({ type: 'spki', format: 'der' })

/** A Name of one attribute per set. */
export function name(...attributes: readonly (readonly [string, string])[]): Buffer {
  return sequence(...attributes.map(([id, value]) => set(sequence(oid(id), text(value)))))
}

export const names = {
  root: name(['2.5.4.5', 'f92009e853b6b045']),
  factory: name(['2.5.4.5', '0badcafe'], ['2.5.4.12', 'TEE']),
  remote: name(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Google LLC']),
  device: name(['2.5.4.10', 'TEE'], ['2.5.4.3', '5eed']),
  leaf: name(['2.5.4.3', 'Android Keystore Key']),
}

const time = (date: string): Buffer => text(`${date.replaceAll('-', '')}000000Z`, 0x18)
/** Two days, as YYYY-MM-DD. */
export const validity = (from: string, to: string): Buffer => sequence(time(from), time(to))
export const valid = validity('2026-01-01', '2027-01-01')

export interface Template {
  readonly serial: number | bigint
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly validity: Buffer
  readonly spki: Buffer
  readonly extensions: readonly Buffer[]
  /** Who signs. */
  readonly by: Pair
  readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** The algorithm as written, if it is to be another than the one that signs. */
  readonly algorithm?: Buffer
  readonly assemble?: (tbs: Buffer, algorithm: Buffer, signature: Buffer) => Buffer
}

const algorithmIds: Readonly<Record<string, string>> = {
  'ec sha256': '1.2.840.10045.4.3.2',
  'ec sha384': '1.2.840.10045.4.3.3',
  'ec sha512': '1.2.840.10045.4.3.4',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa sha256': '1.2.840.113549.1.1.11',
  'rsa sha384': '1.2.840.113549.1.1.12',
  'rsa sha512': '1.2.840.113549.1.1.13',
}

export function certificate(template: Template): Buffer {
  const { by, hash, extensions } = template
  const algorithm =
    template.algorithm ?? sequence(oid(algorithmIds[`${by.publicKey.asymmetricKeyType} ${hash}`] as string))
  const tbs = sequence(
    context(0, integer(2)),
    integer(template.serial),
    algorithm,
    template.issuer,
    template.validity,
    template.subject,
    template.spki,
    extensions.length === 0 ? [] : context(3, sequence(...extensions)),
  )
  const signature = sign(hash, tbs, by.privateKey)
  const assemble = template.assemble ?? ((...parts) => sequence(parts[0], parts[1], bits(parts[2])))
  return assemble(tbs, algorithm, signature)
}

export const attestationExtension = (content: Buffer): Buffer => extension(attestation, content)
export const provisioningExtension = (content: Buffer): Buffer => extension(provisioning, content)

export interface ChainTemplate {
  readonly statement?: Statement
  readonly kind?: 'factory' | 'remote'
  /** Changes by position in the chain: leaf, device, intermediate, root. */
  readonly certificates?: Readonly<Record<number, Partial<Template>>>
  readonly rearrange?: (chain: readonly Buffer[]) => readonly Buffer[]
}

/** Leaf first. */
export function chainOf({
  statement,
  kind = 'factory',
  certificates,
  rearrange,
}: ChainTemplate = {}): Buffer[] {
  const templates: Template[] = [
    {
      serial: 1,
      issuer: names.device,
      subject: names.leaf,
      // Apps set the dates of a leaf, and nothing else than these.
      validity: validity('1970-01-01', '1970-01-02'),
      spki: spkiOf(keys.app),
      extensions: [attestationExtension(keyDescription(statement))],
      by: keys.device,
      hash: 'sha256',
    },
    {
      serial: 0xd1,
      issuer: names[kind],
      subject: names.device,
      validity: valid,
      spki: spkiOf(keys.device),
      extensions: [],
      by: keys.intermediate,
      hash: 'sha256',
    },
    {
      serial: 0xc1,
      issuer: names.root,
      subject: names[kind],
      validity: valid,
      spki: spkiOf(keys.intermediate),
      extensions: [],
      by: keys.root,
      hash: 'sha384',
    },
    {
      serial: 0xb1,
      issuer: names.root,
      subject: names.root,
      validity: validity('2016-01-01', '2020-01-01'),
      spki: spkiOf(keys.root),
      extensions: [],
      by: keys.root,
      hash: 'sha384',
    },
  ]
  const chain = templates.map((template, i) => certificate({ ...template, ...certificates?.[i] }))
  return [...(rearrange?.(chain) ?? chain)]
}

export function itemOf(chain: readonly Uint8Array[]): { format: string; chain: string[] } {
  return {
    format: 'android-key-attestation',
    chain: chain.map((each) => Buffer.from(each).toString('base64url')),
  }
}

export interface ContextChanges extends Partial<AndroidKeyContextInput> {
  /** State by serial number. */
  readonly listed?: Readonly<Record<string, RevocationState>>
}

export function contextWith({ listed = {}, ...others }: ContextChanges = {}): AndroidKeyContext {
  return androidKeyContext({
    commitment: challenge,
    now,
    anchors: [{ name: 'vendor', publicKey: spkiOf(keys.root) }],
    revocation: { stateOf: (serial) => Promise.resolve(listed[serial] ?? 'not_listed') },
    apps: [{ platform: 'android', package: packageName, signers: [signer] }],
    issuers: issuerKeys(),
    ...others,
  })
}

/** What `verify` says about a chain. */
export async function verifying(template: ChainTemplate = {}, changes: ContextChanges = {}) {
  return androidKeyAttestation.verify(
    androidKeyAttestation.parse(itemOf(chainOf(template))),
    contextWith(changes),
  )
}
