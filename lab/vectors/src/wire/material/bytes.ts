import { createHash } from 'node:crypto'

export function base64url(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64url')
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const state = createHash('sha256')
  for (const part of parts) state.update(part)
  return state.digest()
}

/**
 * Bytes that look random and are the same every time: SHA-256(label ‖ " " ‖ 0), SHA-256(label ‖ " " ‖ 1) … with the
 * numbers in decimal, cut to `length`.
 */
export function noise(label: string, length: number): Uint8Array<ArrayBuffer> {
  const blocks: Buffer[] = []
  for (let i = 0; i * 32 < length; i++) blocks.push(sha256(`${label} ${i}`))
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}

/** The UTF-16 units of a text, for texts that no JSON reader has to know, because half a surrogate pair is in them. */
export function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
}
