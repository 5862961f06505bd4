import {
  androidKeyAttestation,
  androidKeyContext,
  AndroidKeyError,
  androidKeyErrorCodes,
  issuerKeys,
  type AndroidKeyContext,
  type ParsedAndroidKey,
} from '@assay/evidence/android-key-attestation'
import { itemOf } from '../inputs/evidence-items.ts'
import { outcomeOfRejecting } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

const issuers = issuerKeys(16)

/**
 * A SEQUENCE of certificates, leaf first; an input that is JSON is a whole evidence item. What can be parsed is verified
 * as if its last certificate were a trust anchor, so that the checks behind that one are reached.
 */
export const target: Target = {
  run: (input) =>
    outcomeOfRejecting(
      async () => {
        const parsed = androidKeyAttestation.parse(itemOf(input, wrap))
        await androidKeyAttestation.verify(parsed, contextFor(parsed))
      },
      AndroidKeyError,
      androidKeyErrorCodes,
    ),
  seeds: [
    [],
    ['AAAA'],
    ['MAA', 'MAA=', 'MAA'],
    // More than 64 KiB, each certificate within its bound.
    Array.from({ length: 9 }, () => Buffer.alloc(8000).toString('base64url')),
  ].map((chain) => Buffer.from(JSON.stringify({ format: 'android-key-attestation', chain }))),
  vectors: { folder: 'android-key-attestation', inputs: ({ chain }) => [sequenceOf(base64In(chain))] },
}

/** Expects what the chain says, as far as it says something. */
function contextFor({ certificates, statement }: ParsedAndroidKey): AndroidKeyContext {
  const { packages = [], signatureDigests = [] } = statement?.applicationId ?? {}
  const [signer = 'none', ...signers] = signatureDigests.filter((digest) => digest !== '')
  const { length = 0 } = statement?.challenge ?? {}
  return androidKeyContext({
    commitment: length === 0 ? Buffer.of(0) : (statement as NonNullable<typeof statement>).challenge,
    now: 1_790_000_000,
    anchors: [{ name: 'the last', publicKey: (certificates.at(-1) as (typeof certificates)[0]).spki }],
    revocation: { stateOf: async (serial) => (serial.endsWith('f') ? 'revoked' : 'not_listed') },
    apps: [{ platform: 'android', package: packages[0]?.name || 'none', signers: [signer, ...signers] }],
    issuers,
  })
}

function wrap(input: Uint8Array) {
  const chain = elementsIn(input).map((element) => Buffer.from(element).toString('base64url'))
  return { format: 'android-key-attestation', chain }
}

/** The elements of a SEQUENCE, up to the first malformed one. */
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
