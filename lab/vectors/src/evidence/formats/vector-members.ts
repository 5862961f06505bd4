/** Members of inputs and contexts. A vector that does not have them is at fault, and not the evidence: a TypeError. */

export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a member of the vector is not text')
  return value
}

export function listOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TypeError('a member of the vector is not a list')
  return value.map(textOf)
}

export function bytesOf(base64: unknown): Buffer {
  return Buffer.from(textOf(base64), 'base64')
}

/** Vectors are written in base64, evidence items in base64url. */
export function base64ToBase64url(base64: unknown): string {
  return bytesOf(base64).toString('base64url')
}
