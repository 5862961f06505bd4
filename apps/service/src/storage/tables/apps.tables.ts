import type { AppEvidence, Platform } from '@assay/protocol'
import type { Json } from '../columns.ts'

export interface AppTables {
  apps: {
    id: string
    platform: Platform
    name: string
    package: string
    min_version_code: number
    probes: Json<string[]>
    evidence: Json<AppEvidence>
    policy: string | null
    /** Milliseconds since 1970. */
    created_at: number
  }
  app_signers: {
    app: string
    /** SHA-256 of the certificate, lower-case hex. */
    sha256: string
  }
}
