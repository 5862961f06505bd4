import type { FormatDescriptor } from '../port/evidence-format.ts'

export const descriptor: FormatDescriptor = { name: 'software', version: '1.0' }
