import { utf8 } from '@assay/protocol'

/** The binding as its 43 ASCII characters. Each format has its own form, as the platform dictates it. */
export function commitment(binding: string): Uint8Array {
  return utf8(binding)
}
