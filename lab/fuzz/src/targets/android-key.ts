import {
  androidKeyAttestation,
  AndroidKeyError,
  androidKeyErrorCodes,
} from '@assay/evidence/android-key-attestation'
import { itemOf } from '../evidence-items.ts'
import { outcomeOfThrowing } from '../refusals.ts'
import { base64In } from '../vector-inputs.ts'
import type { Target } from '../target.ts'

/** A SEQUENCE of certificates, leaf first; an input that is JSON is a whole evidence item. */
export const target: Target = {
  run: (input) =>
    outcomeOfThrowing(
      () => androidKeyAttestation.parse(itemOf(input, wrap)),
      AndroidKeyError,
      androidKeyErrorCodes,
    ),
  seeds: [[], ['AAAA'], ['MAA', 'MAA=', 'MAA']].map((chain) =>
    Buffer.from(JSON.stringify({ format: 'android-key-attestation', chain })),
  ),
  vectors: { folder: 'android-key-attestation', inputs: ({ chain }) => [sequenceOf(base64In(chain))] },
}

function wrap(input: Uint8Array) {
  const chain = elementsIn(input).map((element) => Buffer.from(element).toString('base64url'))
  return { format: 'android-key-attestation', chain }
}

/** The elements of a SEQUENCE; where it is none, or one of them runs past its end, what there is. */
function elementsIn(input: Uint8Array): Uint8Array[] {
  const elements: Uint8Array[] = []
  let at = headerLength(input, 0).header
  while (at < input.length && elements.length < 12) {
    const { header, content } = headerLength(input, at)
    elements.push(input.subarray(at, at + header + content))
    at += header + content
  }
  return elements
}

function headerLength(bytes: Uint8Array, at: number): { header: number; content: number } {
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return { header: 2, content: first }
  const octets = bytes.subarray(at + 2, at + 2 + (first & 0x7f))
  const content = octets.reduce((sum, octet) => sum * 256 + octet, 0)
  return { header: 2 + octets.length, content: Math.min(content, bytes.length) }
}

function sequenceOf(elements: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(elements)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([Uint8Array.of(0x30, 0x84), length, content])
}
