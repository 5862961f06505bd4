import { sign, type KeyObject } from 'node:crypto'
import * as cbor from '../../../codec/test/cbor/encode.ts'
import { appleAppAttestAssertion } from '../../src/apple-app-attest/index.ts'
import { attestedKeys, binding, fixedPart, mapOf, sha256 } from './apple-authority.ts'

/** What differs from a genuine assertion. */
export interface AssertionChanges {
  readonly appId?: string
  readonly counter?: number
  readonly flags?: number
  readonly extensions?: Buffer
  readonly data?: Buffer
  readonly commitment?: Uint8Array
  readonly key?: KeyObject
  readonly signature?: (signature: Buffer) => Buffer
  readonly members?: Readonly<Record<string, Buffer | undefined>>
}

const commitment = appleAppAttestAssertion.commitment(binding)

/** An assertion by the attested key, or with any fault in it. */
export function assertionItem(changes: AssertionChanges) {
  const { extensions = Buffer.of(), key = attestedKeys.privateKey } = changes
  const data = changes.data ?? Buffer.concat([fixedPart({ counter: 1, ...changes }), extensions])
  const signature = sign('sha256', sha256(data, changes.commitment ?? commitment), key)
  const object = mapOf({
    signature: cbor.bytes((changes.signature ?? ((each: Buffer) => each))(signature)),
    authenticatorData: cbor.bytes(data),
    ...changes.members,
  })
  return { format: 'apple-app-attest-assertion', assertion: object.toString('base64url') }
}
