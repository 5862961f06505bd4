import { z } from 'zod'
import { parseAssertedData, type AuthenticatorData } from './authenticator-data.ts'
import { assertionDescriptor } from './descriptor.ts'
import { AppAttestError } from './errors.ts'
import { asBytes, bytesMember, bytesSchema, decodeObject } from './item.ts'

/** A parsed assertion; none of it is verified. */
export interface ParsedAssertion {
  readonly authenticatorData: AuthenticatorData
  /** Meant to be an ECDSA signature in DER. */
  readonly signature: Uint8Array
}

/** The form of an evidence item. */
export const assertionItemSchema = z.strictObject({
  format: z.literal(assertionDescriptor.name),
  assertion: bytesSchema,
})

/**
 * Parses an evidence item: `assertion`, base64url of the object that the system returned.
 *
 * @throws AppAttestError
 */
export function parseAssertion(input: unknown): ParsedAssertion {
  const item = assertionItemSchema.safeParse(input)
  if (!item.success) throw new AppAttestError('APP_ATTEST_ITEM')
  const object = decodeObject(bytesMember(item.data.assertion))
  const signature = asBytes(object.get('signature'))
  return { signature, authenticatorData: parseAssertedData(asBytes(object.get('authenticatorData'))) }
}
