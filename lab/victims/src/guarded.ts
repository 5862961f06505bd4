import type { AdmissibleTier } from '@assay/protocol'
import { paths } from '@assay/protocol'
import { requireAttestation } from '@assay/guard/express'
import { createNodeGuard } from '@assay/guard/node'
import { startOrdersApi, type RunningApi } from './orders-api.ts'

export interface GuardedApiOptions {
  /** URL of the attestation service. */
  issuer: string
  apps: readonly string[]
  tiers: readonly AdmissibleTier[]
  /** Seconds by which this API's clock is ahead. */
  clockAhead?: number
}

/** The same API behind the guard, with its own URL as audience. */
export function startGuardedApi({
  issuer,
  apps,
  tiers,
  clockAhead = 0,
}: GuardedApiOptions): Promise<RunningApi> {
  return startOrdersApi((url) =>
    requireAttestation(
      createNodeGuard({
        issuer,
        audience: url,
        jwks: { url: new URL(paths.jwks, issuer).href, fetch },
        mode: 'bound',
        apps,
        tiers,
        clock: () => Date.now() + clockAhead * 1000,
      }),
    ),
  )
}
