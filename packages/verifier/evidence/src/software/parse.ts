import { decodeBase64urlOfLength } from '@assay/protocol'
import { exactMembers } from '../port/json-object.ts'
import { SoftwareError } from './errors.ts'

/** Parsed software evidence; none of it is verified. */
export interface ParsedMeasurement extends ParsedResponse {
  /** The second image; `null` if the reader cannot reach it, undefined if nothing was said about it. */
  readonly text: ParsedResponse | null | undefined
}

/** What carrying out a plan over one image gave. */
export interface ParsedResponse {
  /** 32 bytes. */
  readonly response: Uint8Array
  /** In the order of the evidence; each the base64url of 8 bytes: nobody looks at them unless the response differs. */
  readonly tags: readonly { readonly name: string; readonly tag: string }[]
}

const responseLength = 32
const tagLength = 8
const mostTags = 4096
const longestName = 1024

/**
 * Parses the members `measurement` and `text` of client data: each has `response`, base64url of 32 bytes, and
 * `tags`, at least one and at most 4,096 names of up to 1,024 characters with base64url of 8 bytes each. `text` may
 * be `null` or undefined.
 *
 * @throws SoftwareError `SOFTWARE_MALFORMED`
 */
export function parse(input: unknown): ParsedMeasurement {
  const members = exactMembers(input, ['measurement', 'text'])
  if (members === undefined) throw malformed()
  const { measurement, text } = members
  return {
    text: text === null || text === undefined ? text : parseResponse(text),
    ...parseResponse(measurement),
  }
}

function parseResponse(input: unknown): ParsedResponse {
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
    if (typeof tag !== 'string' || decodeBase64urlOfLength(tag, tagLength) === undefined) throw malformed()
    return { name, tag }
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
