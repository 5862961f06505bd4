import { z } from 'zod'
import type { SchemeSettings } from '../port/scheme.ts'
import { deviceCheckKeySecret } from './devicecheck-key.ts'
import { appAttestEnvironments, type AppAttestEnvironment } from './claims.ts'

/** What App Attest evidence of an app is checked against. */
export interface AppAttestSettings {
  /** Team id, a dot, bundle id. */
  readonly app_ids: readonly string[]
  /** Builds from Xcode have separate keys, in `development`. */
  readonly environments: readonly AppAttestEnvironment[]
  /** `macos`: certificates must state the full security of a Mac. */
  readonly system: 'ios' | 'macos'
}

/** Team id (ten characters), a dot, bundle id. */
const appId = z.string().regex(/^[A-Z0-9]{10}\.[A-Za-z0-9.-]{1,155}$/)
const distinct = (values: readonly unknown[]) => new Set(values).size === values.length

export const settings: SchemeSettings<AppAttestSettings> = {
  name: 'apple_app_attest',
  platform: 'ios',
  schema: z.strictObject({
    app_ids: z.array(appId).min(1).max(16).refine(distinct),
    environments: z.array(z.enum(appAttestEnvironments)).min(1).refine(distinct),
    system: z.enum(['ios', 'macos']),
  }),
  example: { app_ids: ['A1B2C3D4E5.com.example.app'], environments: ['production'], system: 'ios' },
  remarks: ({ environments }) => (environments.includes('development') ? ['development'] : []),
  secret: deviceCheckKeySecret,
  teamsOf: ({ app_ids: appIds }) => [...new Set(appIds.map((id) => id.slice(0, 10)))],
}
