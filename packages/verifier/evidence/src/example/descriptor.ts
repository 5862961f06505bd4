import { utf8 } from '@assay/protocol'
import type { FormatDescriptor } from '../port/evidence-format.ts'

export const descriptor: FormatDescriptor = { name: 'example', version: '1.0' }

/** The binding as its 43 ASCII characters. Each format has its own form, as dictated by the platform. */
export function commitment(binding: string): Uint8Array {
  return utf8(binding)
}
