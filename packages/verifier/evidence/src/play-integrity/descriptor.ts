import { utf8 } from '@assay/protocol'
import type { FormatDescriptor } from '../port/evidence-format.ts'

export const descriptor: FormatDescriptor = { name: 'play-integrity', version: '1.0' }

/** The binding itself, as its 43 ASCII characters: the `nonce` of a classic request, the `requestHash` of a standard one. */
export function commitment(binding: string): Uint8Array {
  return utf8(binding)
}
