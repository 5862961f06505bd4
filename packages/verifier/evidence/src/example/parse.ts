import { decodeStrictUtf8 } from '@assay/codec/text'
import { decodeBase64url, parseStrictJson, sha256HexPattern } from '@assay/protocol'
import { z } from 'zod'
import { exactMembers } from '../port/json-object.ts'
import { descriptor } from './descriptor.ts'
import { ExampleError } from './errors.ts'

/** What a vendor states about a device and an app on it; not to be trusted before its signature is verified. */
export interface Statement {
  readonly commitment: Uint8Array
  readonly package: string
  readonly signer: string
  readonly device: string
  readonly madeAt: number
}

export interface ParsedExample {
  readonly statement: Statement
  /** What the signature is over. */
  readonly signed: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

const bounds = { maxLength: 2048, maxDepth: 1 }

/** The form of an evidence item. */
export const itemSchema = z.strictObject({
  format: z.literal(descriptor.name),
  statement: z.string(),
  signature: z.string(),
})

/**
 * Parses an evidence item: `statement`, base64url of a JSON object, and `signature`, base64url of 64 bytes.
 *
 * @throws ExampleError `EXAMPLE_MALFORMED`
 */
export function parse(input: unknown): ParsedExample {
  const item = itemSchema.safeParse(input)
  if (!item.success) throw malformed()
  const signed = bytes(item.data.statement)
  const signature = bytes(item.data.signature)
  if (signature.length !== 64) throw malformed()
  return { statement: parseStatement(signed), signed, signature }
}

function parseStatement(signed: Uint8Array): Statement {
  const json = parseStrictJson(decodeStrictUtf8(signed) ?? '', bounds)
  const found = json.ok
    ? exactMembers(json.value, ['commitment', 'package', 'signer', 'device', 'made_at'])
    : undefined
  if (found === undefined) throw malformed()
  const { made_at: madeAt } = found
  if (typeof madeAt !== 'number' || !Number.isSafeInteger(madeAt)) throw malformed()
  return {
    commitment: bytes(found.commitment),
    package: text(found.package, /^[A-Za-z0-9._]{1,255}$/),
    signer: text(found.signer, sha256HexPattern),
    device: text(found.device, /^[0-9a-f]{1,40}$/),
    madeAt,
  }
}

function bytes(value: unknown): Uint8Array {
  const decoded = typeof value === 'string' ? decodeBase64url(value) : undefined
  if (decoded === undefined) throw malformed()
  return decoded
}

function text(value: unknown, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw malformed()
  return value
}

function malformed(): ExampleError {
  return new ExampleError('EXAMPLE_MALFORMED')
}
