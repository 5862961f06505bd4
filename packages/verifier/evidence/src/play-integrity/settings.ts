import { z } from 'zod'
import type { SchemeSettings } from '../port/scheme.ts'
import { playIntegrityKeys } from './keys.ts'

/** What Play Integrity evidence of an app is checked against, beside its package and signers. */
export interface PlayIntegritySettings {
  /** `classic`: decrypted here, with the app's own keys. `standard`: decoded by Google, within the budget. */
  readonly request: 'classic' | 'standard'
  /** Calls to Google within a day (UTC). */
  readonly calls_per_day: number
  /** Seconds that a verdict may be old when it arrives. */
  readonly max_age: number
}

/** The keys of classic requests, in base64 as the Play Console gives them out. */
export const keysSchema = z.strictObject({
  /** AES-256, wraps the key of each token. */
  decryption: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  /** Public, on P-256: verifies each verdict. */
  verification: z
    .string()
    .min(80)
    .max(400)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/),
})

export const settings: SchemeSettings<PlayIntegritySettings> = {
  name: 'play_integrity',
  platform: 'android',
  schema: z.strictObject({
    request: z.enum(['classic', 'standard']),
    calls_per_day: z.number().int().min(1).max(1e9),
    max_age: z.number().int().min(1).max(86_400),
  }),
  example: { request: 'standard', calls_per_day: 10_000, max_age: 300 },
  secret: { name: 'play-integrity-keys', schema: keysSchema, isUsable: areKeys },
  remarks: ({ request }) => (request === 'standard' ? ['vendor_account'] : ['sealed_secret']),
}

function areKeys(value: unknown): boolean {
  const read = keysSchema.safeParse(value)
  if (!read.success) return false
  try {
    playIntegrityKeys(read.data)
    return true
  } catch {
    return false
  }
}
