import { decodeBase64url } from '@assay/protocol/node'

declare const digest: unique symbol

/** A byte column that holds a text; the text form of a digest takes half or three quarters of its length. */
export type Digest = Buffer & { readonly [digest]: true }

/** The first byte states how the text is encoded. */
const form = { text: 0, hex: 1, base64url: 2 } as const

const hexDigest = /^[0-9a-f]{64}$/
const base64urlDigest = /^[\w-]{43}$/

/**
 * For thumbprints, bindings and names of vouching keys, which nearly always write out a SHA-256. A text has only one
 * form, so that equal texts are equal bytes.
 */
export function toDigest(text: string): Digest {
  if (hexDigest.test(text)) return tagged(form.hex, Buffer.from(text, 'hex'))
  const bytes = base64urlDigest.test(text) ? decodeBase64url(text) : undefined
  return bytes === undefined ? tagged(form.text, Buffer.from(text)) : tagged(form.base64url, bytes)
}

/** The text that was passed to {@link toDigest}. @throws Error for bytes that it did not make */
export function fromDigest(column: Uint8Array): string {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength)
  switch (bytes[0]) {
    case form.text:
      return bytes.toString('utf8', 1)
    case form.hex:
      return bytes.toString('hex', 1)
    case form.base64url:
      return bytes.toString('base64url', 1)
    default:
      throw new Error('a digest in the database has a form that this version does not know')
  }
}

function tagged(as: number, bytes: Uint8Array): Digest {
  return Buffer.concat([Buffer.of(as), bytes]) as Digest
}
