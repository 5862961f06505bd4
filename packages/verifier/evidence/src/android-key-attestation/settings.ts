import { z } from 'zod'
import type { SchemeSettings } from '../port/scheme.ts'

/** What Android Key Attestation of an app is checked against, in addition to its package and signers. */
export interface AndroidKeySettings {
  /**
   * New installation keys that one attestation key may vouch for within a day (UTC): that of one `device` (remotely
   * provisioned), or of a `batch` of devices (provisioned in the factory).
   */
  readonly enrolments_per_day: { readonly device: number; readonly batch: number }
  /**
   * How the installation key must be kept for more than `warning`: in secure `hardware`, or at least `vouched` for by
   * it. Default: `hardware` for builds with the Android SDK, which makes the key there; `vouched` for others.
   */
  readonly holder_key?: 'hardware' | 'vouched' | undefined
}

const perDay = z.number().int().min(1).max(1e9)

export const settings: SchemeSettings<AndroidKeySettings> = {
  name: 'android_key_attestation',
  platform: 'android',
  schema: z.strictObject({
    enrolments_per_day: z.strictObject({ device: perDay, batch: perDay }),
    holder_key: z.enum(['hardware', 'vouched']).optional(),
  }),
  example: { enrolments_per_day: { device: 5, batch: 1_000 }, holder_key: 'hardware' },
}
