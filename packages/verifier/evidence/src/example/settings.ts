import { z } from 'zod'
import type { SchemeSettings } from '../port/scheme.ts'

/** What an operator sets. A format without settings takes an empty object: its presence accepts the evidence. */
export type ExampleSettings = Readonly<Record<string, never>>

export const settings: SchemeSettings<ExampleSettings> = {
  name: 'example',
  platform: 'android',
  schema: z.strictObject({}),
  example: {},
}
