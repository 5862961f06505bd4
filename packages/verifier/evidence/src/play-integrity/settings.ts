import { z } from 'zod'
import type { SchemeSettings } from '../port/scheme.ts'
import { playIntegrityKeys } from './keys.ts'

/** What Play Integrity evidence of an app is checked against, in addition to its package and signers. */
export interface PlayIntegritySettings {
  /** `classic`: decrypted here, with the app's own keys. `standard`: decoded by Google, within the budget. */
  readonly request: 'classic' | 'standard'
  /** Calls to Google within a day (UTC). */
  readonly calls_per_day: number
  /** Maximum age in seconds of a verdict when it arrives. */
  readonly max_age: number
  /** The part of these calls reserved for installations whose key hardware vouches for; default half of them. */
  readonly reserve?: number | undefined
  /**
   * Calls a day for all installations of one network (/24, /64) without a vouching hardware key; default 1 %, at least
   * 10.
   */
  readonly calls_per_network?: number | undefined
  /** Calls within a day for one vouching key: a device's `own`, or one that many devices have; default 10 and 1,000. */
  readonly calls_per_key?: { readonly own: number; readonly shared: number } | undefined
  /** `refuse`, the default: without a call there is no answer, and the app tries again later. `warn`: the result is `warning` at best. */
  readonly when_spent?: 'refuse' | 'warn' | undefined
}

/** How much an app may ask Google within a day. */
export interface CallBudget {
  readonly calls: number
  readonly reserve: number
  readonly perNetwork: number
  readonly perKey: { readonly own: number; readonly shared: number }
}

/** @param isVouchable whether installations that the reserve is for can exist */
export function budgetOf(
  {
    calls_per_day: calls,
    reserve = Math.floor(calls / 2),
    calls_per_network,
    calls_per_key,
  }: PlayIntegritySettings,
  isVouchable: boolean,
): CallBudget {
  return {
    calls,
    reserve: isVouchable ? Math.min(reserve, calls) : 0,
    perNetwork: calls_per_network ?? Math.max(10, Math.floor(calls / 100)),
    perKey: calls_per_key ?? { own: 10, shared: 1_000 },
  }
}

const calls = z.number().int().min(1).max(1e9)

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
    calls_per_day: calls,
    max_age: z.number().int().min(1).max(86_400),
    reserve: z.number().int().min(0).max(1e9).optional(),
    calls_per_network: calls.optional(),
    calls_per_key: z.strictObject({ own: calls, shared: calls }).optional(),
    when_spent: z.enum(['refuse', 'warn']).optional(),
  }),
  example: { request: 'standard', calls_per_day: 10_000, max_age: 300 },
  secret: { name: 'play-integrity-keys', schema: keysSchema, isUsable: areKeys },
  remarks: ({ request }) => [request === 'standard' ? 'vendor_account' : 'sealed_secret', 'certified_system'],
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
