import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { RememberedEvidence } from '../../attestation/model/installation.ts'

declare const packed: unique symbol

/** A byte column that holds remembered evidence in a third of the size of its JSON. */
export type PackedEvidence = Buffer & { readonly [packed]: true }

/** The first byte: deflated with a dictionary that the store keeps, and whose name follows. */
export const byKept = 1

/** Space for twice the dictionary: a larger window takes longer to set up than the work itself. */
const window = { windowBits: 12, memLevel: 5 }

/** Bytes: far more than evidence in all formats takes, so that a damaged column does not fill memory. */
const largest = 1 << 20

/** Packs with a dictionary that the store keeps under `name`. */
export function packBy(
  dictionary: Uint8Array,
  name: Uint8Array,
  evidence: readonly RememberedEvidence[],
): PackedEvidence {
  const deflated = deflateRawSync(JSON.stringify(evidence), { ...window, dictionary })
  return Buffer.concat([Buffer.of(byKept), name, deflated]) as PackedEvidence
}

export function inflate(deflated: Uint8Array, dictionary: Uint8Array): RememberedEvidence[] {
  const json = inflateRawSync(deflated, { dictionary, maxOutputLength: largest })
  return JSON.parse(json.toString('utf8')) as RememberedEvidence[]
}
