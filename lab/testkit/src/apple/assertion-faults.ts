import { encode } from 'cborg'
import { newAppAttestKey } from './app-attest-key.ts'
import type { AssertionSteps } from './assertion-steps.ts'

const appendix = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.of(0)])

/** Everything by which an assertion can be made worthless, and how. */
const table = {
  /** Signed for other client data. */
  'other-client-data': { clientDataHash: (hash) => Buffer.from(hash).reverse() },
  /** Signed by another key than the one that was attested: a copied software key has no other. */
  'other-key': { key: () => newAppAttestKey() },
  'other-team': { parts: (parts) => ({ ...parts, appId: parts.appId.replace(/^[^.]*/, 'ZZZZZ99999') }) },
  /** The counter of the assertion before, as a copied state of the phone has it. */
  'counter-repeated': { parts: (parts) => ({ ...parts, counter: parts.counter - 1 }) },
  'counter-rolled-back': { parts: (parts) => ({ ...parts, counter: 0 }) },
  /** The counter was raised after the key had signed. */
  'changed-counter': {
    sentData: (data) => Buffer.concat([data.subarray(0, 33), Buffer.alloc(4, 0x7f), data.subarray(37)]),
  },
  /** The signature is not in DER. */
  'malformed-signature': { signature: () => Buffer.alloc(64, 0x11) },
  'no-signature': { object: ({ authenticatorData }) => ({ authenticatorData }) },
  'short-authenticator-data': { data: (data) => data.subarray(0, 36) },
  /** A validation category as a number instead of four bytes. */
  'malformed-extensions': {
    parts: (parts) => ({ ...parts, extensions: encode({ apple_validation_category_01: 4 }) }),
  },
  'trailing-bytes': { bytes: appendix },
  truncated: { bytes: (encoded) => encoded.subarray(0, -1) },
} as const satisfies Readonly<Record<string, Partial<AssertionSteps>>>

export type AppleAssertionFault = keyof typeof table

export const assertionFaults: Readonly<Record<AppleAssertionFault, Partial<AssertionSteps>>> = table

export const appleAssertionFaults = Object.keys(table) as readonly AppleAssertionFault[]
