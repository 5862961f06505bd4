import { exactMembers } from '../port/members.ts'
import { parseAssertedData, type AuthenticatorData } from './authenticator-data.ts'
import { assertionDescriptor } from './descriptor.ts'
import { AppAttestError } from './errors.ts'
import { asBytes, bytesMember, decodeObject } from './item.ts'

/** An assertion taken apart; nothing of it is verified. */
export interface ParsedAssertion {
  readonly authenticatorData: AuthenticatorData
  /** An ECDSA signature, in DER if it is one. */
  readonly signature: Uint8Array
}

/**
 * Takes an evidence item apart: `assertion`, base64url of the object that the system returned.
 *
 * @throws AppAttestError
 */
export function parseAssertion(input: unknown): ParsedAssertion {
  const item = exactMembers(input, ['format', 'assertion'])
  if (item?.format !== assertionDescriptor.name) throw new AppAttestError('APP_ATTEST_ITEM')
  const object = decodeObject(bytesMember(item.assertion))
  const signature = asBytes(object.get('signature'))
  return { signature, authenticatorData: parseAssertedData(asBytes(object.get('authenticatorData'))) }
}
