import { CodecError } from '@assay/codec'
import { DerReader } from '@assay/codec/der'
import { reading } from './errors.ts'
import { readApplicationId, type ApplicationId } from './statement/application-id.ts'
import { readAuthorizationList, type AuthorizationList } from './statement/authorization-list.ts'
import { readSecurityLevel, type SecurityLevel } from './statement/values.ts'

/** The parsed statement about a key; not to be trusted before the chain is verified. */
export interface KeyDescription {
  readonly attestationVersion: number
  /** Where the attestation was made. */
  readonly attestationSecurityLevel: SecurityLevel
  readonly keyMintVersion: number
  /** Where the key is kept. */
  readonly keyMintSecurityLevel: SecurityLevel
  readonly challenge: Uint8Array
  readonly uniqueId: Uint8Array
  /** What the system states: only as trustworthy as the system that was booted. */
  readonly software: AuthorizationList
  /** What the trusted environment or StrongBox states. */
  readonly hardware: AuthorizationList
  /** From the software list; the hardware knows nothing about apps. */
  readonly applicationId: ApplicationId | undefined
}

/** The first version whose root of trust holds a digest of what was booted. */
const bootHashSince = 3

/**
 * Reads the content of the attestation extension: exactly one KeyDescription, every field of its type.
 *
 * @throws AndroidKeyError `ANDROID_KEY_STATEMENT`, `ANDROID_KEY_APPLICATION_ID`
 */
export function readKeyDescription(encoded: Uint8Array): KeyDescription {
  const description = reading('ANDROID_KEY_STATEMENT', () => readFields(encoded))
  const octets = description.software.attestationApplicationId
  if (octets === undefined) return { applicationId: undefined, ...description }
  const applicationId = reading('ANDROID_KEY_APPLICATION_ID', () => readApplicationId(octets))
  return { applicationId, ...description }
}

function readFields(encoded: Uint8Array): Omit<KeyDescription, 'applicationId'> {
  const outer = new DerReader(encoded)
  const fields = outer.enter()
  outer.end()
  const description = {
    attestationVersion: fields.readInteger(),
    attestationSecurityLevel: readSecurityLevel(fields),
    keyMintVersion: fields.readInteger(),
    keyMintSecurityLevel: readSecurityLevel(fields),
    challenge: fields.readOctetString(),
    uniqueId: fields.readOctetString(),
    software: readAuthorizationList(fields),
    hardware: readAuthorizationList(fields),
  }
  fields.end()
  requireBootHash(description)
  return description
}

function requireBootHash({ attestationVersion, software, hardware }: ListsAndVersion): void {
  if (attestationVersion < bootHashSince) return
  for (const { rootOfTrust } of [software, hardware]) {
    if (rootOfTrust !== undefined && rootOfTrust.verifiedBootHash === undefined)
      throw new CodecError('DER_TRUNCATED', 'a root of trust lacks the verified boot hash')
  }
}

type ListsAndVersion = Pick<KeyDescription, 'attestationVersion' | 'software' | 'hardware'>
