import type { FormatDescriptor } from '../port/evidence-format.ts'

export const descriptor: FormatDescriptor = { name: 'play-integrity', version: '1.0' }
