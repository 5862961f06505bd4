import { utf8 } from '@assay/protocol'

/** The binding itself, as its 43 ASCII characters: the `nonce` of a classic request, the `requestHash` of a standard one. */
export function commitment(binding: string): Uint8Array {
  return utf8(binding)
}
