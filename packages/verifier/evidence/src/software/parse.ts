import { decodeBase64urlOfLength } from '@assay/protocol'
import { exactMembers } from '../port/members.ts'
import { SoftwareError } from './errors.ts'

/** A measurement taken apart; nothing of it is verified. */
export interface ParsedMeasurement {
  /** 32 bytes. */
  readonly response: Uint8Array
  /** In the order of the evidence; each 8 bytes. */
  readonly tags: readonly { readonly name: string; readonly tag: Uint8Array }[]
}

const responseLength = 32
const tagLength = 8
const mostTags = 4096
const longestName = 1024

/**
 * Takes the `measurement` member of client data apart: `response`, base64url of 32 bytes, and `tags`, at least one and
 * at most 4,096 names of up to 1,024 characters with base64url of 8 bytes each.
 *
 * @throws SoftwareError `SOFTWARE_MALFORMED`
 */
export function parse(input: unknown): ParsedMeasurement {
  const measurement = exactMembers(input, ['response', 'tags'])
  if (measurement === undefined) throw malformed()
  return { response: bytes(measurement.response, responseLength), tags: parseTags(measurement.tags) }
}

function parseTags(value: unknown): ParsedMeasurement['tags'] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw malformed()
  const tags = Object.entries(value)
  if (tags.length === 0 || tags.length > mostTags) throw malformed()
  return tags.map(([name, tag]) => {
    if (name === '' || name.length > longestName) throw malformed()
    return { name, tag: bytes(tag, tagLength) }
  })
}

function bytes(value: unknown, length: number): Uint8Array {
  const decoded = typeof value === 'string' ? decodeBase64urlOfLength(value, length) : undefined
  if (decoded === undefined) throw malformed()
  return decoded
}

function malformed(): SoftwareError {
  return new SoftwareError('SOFTWARE_MALFORMED')
}
