import { createHash, randomBytes } from 'node:crypto'
import { encode } from 'cborg'
import { newKeyPair } from '../keys/new-key-pair.ts'
import { createAuthority, type Authority } from '../x509/authority.ts'
import { attribute, basicConstraints, extension, keyUsage, type Name } from '../x509/certificate.ts'
import type { SecurityLevel } from './key-description.ts'

/** How phones get the keys that attest others: for life, whole batches one, or each its own for some weeks. */
export type Provisioning = 'factory' | 'remote'

/** What a phone has to attest keys with. */
export interface Keybox {
  readonly provisioning: Provisioning
  readonly securityLevel: Exclude<SecurityLevel, 'Software'>
  /** From the attestation certificate up to the root. */
  readonly path: readonly [attestation: Authority, ...above: Authority[]]
  /** Serial numbers of the path, as the status list writes them. */
  readonly serials: readonly string[]
  /** SHA-256 of the attestation key's SubjectPublicKeyInfo: what limits attach to. */
  readonly attestationKeySha256: string
}

export interface KeyboxOptions {
  readonly provisioning: Provisioning
  /** Default: TrustedEnvironment. */
  readonly securityLevel?: Keybox['securityLevel']
  /** About how many certificates the device got within 30 days: remote only. Default 8. */
  readonly certificatesIssued?: number
  /** The device reported itself lost: remote only. */
  readonly reportedLost?: boolean
}

export interface GoogleRoots {
  /** Above keys from the factory. */
  readonly rsa: Authority
  /** Above remotely provisioned keys. */
  readonly ec: Authority
}

const day = 86_400
const seconds = (iso: string): number => Date.parse(iso) / 1000
const mayIssue = [basicConstraints(true), keyUsage('keyCertSign')]
const provisioningOid = '1.3.6.1.4.1.11129.2.1.30'

/** @param at Unix seconds */
export function createKeybox(options: KeyboxOptions, roots: GoogleRoots, at: number): Keybox {
  const { provisioning, securityLevel = 'TrustedEnvironment' } = options
  const path =
    provisioning === 'factory'
      ? factoryPath(roots.rsa, securityLevel)
      : remotePath(roots.ec, securityLevel, options, at)
  return {
    provisioning,
    securityLevel,
    path,
    serials: path.map(({ template }) => template.serial.toString(16)),
    attestationKeySha256: createHash('sha256').update(path[0].keys.spki).digest('hex'),
  }
}

const inHardware = { TrustedEnvironment: 'TEE', StrongBox: 'StrongBox' } as const

/** Subjects are bare serial numbers. The certificates have long expired, as those of phones in use have. */
function factoryPath(root: Authority, level: Keybox['securityLevel']): Keybox['path'] {
  const intermediate = createAuthority(
    newKeyPair('P-384'),
    {
      serial: newSerial(),
      subject: [[attribute.serialNumber, newHex(8)]],
      notBefore: seconds('2016-05-26T17:14:51Z'),
      notAfter: seconds('2026-05-24T17:14:51Z'),
      extensions: mayIssue,
      hash: 'sha256',
    },
    root,
  )
  const batch = createAuthority(
    newKeyPair('P-256'),
    {
      serial: newSerial(),
      subject: [
        [attribute.serialNumber, newHex(8)],
        [attribute.title, inHardware[level]],
      ],
      notBefore: seconds('2018-06-20T22:47:35Z'),
      notAfter: seconds('2028-06-17T22:47:35Z'),
      extensions: mayIssue,
      hash: 'sha256',
    },
    intermediate,
  )
  return [batch, intermediate, root]
}

/** The attestation certificate of one phone. It starts before its issuer does, as real ones do. */
function remotePath(
  root: Authority,
  level: Keybox['securityLevel'],
  options: KeyboxOptions,
  at: number,
): Keybox['path'] {
  const { upper, lower } = droidAuthorities(root, at)
  const name = newHex(16)
  const attestation = createAuthority(
    newKeyPair('P-256'),
    {
      serial: BigInt(`0x${name}`),
      subject: [
        [attribute.organization, inHardware[level]],
        [attribute.commonName, name],
      ],
      notBefore: at - 2 * day,
      notAfter: at + 14 * day,
      extensions: [
        basicConstraints(true),
        keyUsage('keyCertSign'),
        extension(provisioningOid, provisioningInfo(options)),
      ],
      hash: 'sha256',
    },
    lower,
  )
  return [attestation, lower, upper, root]
}

interface DroidAuthorities {
  upper: Authority
  lower: Authority
}

const droidsOf = new WeakMap<Authority, Map<number, DroidAuthorities>>()

/** What all phones under one root have above their attestation certificates, as Google's do: made once a day. */
function droidAuthorities(root: Authority, at: number): DroidAuthorities {
  const byDay = droidsOf.get(root) ?? new Map<number, DroidAuthorities>()
  droidsOf.set(root, byDay)
  const today = Math.floor(at / day)
  const known = byDay.get(today)
  if (known !== undefined) return known
  const upper = droidAuthority(
    'Droid CA2',
    root,
    seconds('2026-02-09T00:00:00Z'),
    seconds('2029-02-08T00:00:00Z'),
  )
  const made = { upper, lower: droidAuthority('Droid CA3', upper, at - day, at + 69 * day) }
  byDay.set(today, made)
  return made
}

function droidAuthority(
  commonName: string,
  issuer: Authority,
  notBefore: number,
  notAfter: number,
): Authority {
  const subject: Name = [
    [attribute.commonName, commonName],
    [attribute.organization, 'Google LLC'],
  ]
  const template = {
    serial: newSerial(),
    subject,
    notBefore,
    notAfter,
    extensions: mayIssue,
    hash: 'sha384',
  } as const
  return createAuthority(newKeyPair('P-384'), template, issuer)
}

function provisioningInfo({ certificatesIssued = 8, reportedLost }: KeyboxOptions): Uint8Array {
  return encode(
    new Map<number, unknown>([
      [1, certificatesIssued],
      [3, 'assay-testkit'],
      ...(reportedLost === undefined ? [] : [[6, reportedLost] as const]),
    ]),
  )
}

/** Hex that starts with no zero and stays positive in DER, so that all its forms are one. */
function newHex(bytes: number): string {
  return `1${randomBytes(bytes).toString('hex').slice(1)}`
}

function newSerial(): bigint {
  return BigInt(`0x${newHex(8)}`)
}
