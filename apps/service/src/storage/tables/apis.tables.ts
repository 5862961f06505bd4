import type { AdmissibleTier, Api, TokenMode } from '@assay/protocol'
import type { Json } from '../columns.ts'

export interface ApiTables {
  apis: {
    audience: string
    name: string
    tiers: Json<AdmissibleTier[]>
    mode: TokenMode
    enforcement: Api['enforcement']
    /** Seconds. */
    token_lifetime: number
    origins: Json<string[]>
    policy: string | null
    /** Milliseconds since 1970. */
    created_at: number
  }
  api_apps: {
    audience: string
    app: string
  }
}
