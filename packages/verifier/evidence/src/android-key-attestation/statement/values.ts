import { CodecError } from '@assay/codec'
import { asn1Tag, type DerReader } from '@assay/codec/der'

/** Where a key, or what attests it, is kept. */
export const securityLevels = ['Software', 'TrustedEnvironment', 'StrongBox'] as const
export type SecurityLevel = (typeof securityLevels)[number]

/** What the boot loader found about the system that it started. */
export const verifiedBootStates = ['Verified', 'SelfSigned', 'Unverified', 'Failed'] as const
export type VerifiedBootState = (typeof verifiedBootStates)[number]

export interface RootOfTrust {
  /** Digest of the key that verified the system; zeros where none did. */
  readonly verifiedBootKey: Uint8Array
  readonly deviceLocked: boolean
  readonly verifiedBootState: VerifiedBootState
  /** Digest over what was booted. Attestation versions 1 and 2 do not have it. */
  readonly verifiedBootHash: Uint8Array | undefined
}

export function readSecurityLevel(reader: DerReader): SecurityLevel {
  return named(securityLevels, reader.readEnumerated())
}

export function readRootOfTrust(reader: DerReader): RootOfTrust {
  const fields = reader.enter()
  const verifiedBootKey = fields.readOctetString()
  // Vendors write true as 01.
  const deviceLocked = fields.readBoolean('any-non-zero')
  const verifiedBootState = named(verifiedBootStates, fields.readEnumerated())
  const verifiedBootHash = fields.atEnd ? undefined : fields.readOctetString()
  fields.end()
  return { verifiedBootKey, deviceLocked, verifiedBootState, verifiedBootHash }
}

export function readSetOfIntegers(reader: DerReader): readonly number[] {
  const members = reader.enter(asn1Tag.set)
  const values: number[] = []
  while (!members.atEnd) values.push(members.readInteger())
  return values
}

export function readInteger(reader: DerReader): number {
  return reader.readInteger()
}

/** For fields of 64 bits. @throws CodecError DER_VALUE for a longer one */
export function readWideInteger(reader: DerReader): bigint {
  const value = reader.readBigInteger()
  if (BigInt.asUintN(64, value) !== value && BigInt.asIntN(64, value) !== value)
    throw new CodecError('DER_VALUE', 'an integer has more than 64 bits')
  return value
}

export function readOctets(reader: DerReader): Uint8Array {
  return reader.readOctetString()
}

/** A field whose mere presence is its meaning. */
export function readPresence(reader: DerReader): true {
  reader.readNull()
  return true
}

function named<Name>(names: readonly Name[], value: number): Name {
  const name = names[value]
  if (name === undefined) throw new CodecError('DER_VALUE', 'an ENUMERATED has a value that is not defined')
  return name
}
