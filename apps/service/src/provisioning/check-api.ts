import {
  accessTokenTiers,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  type FaultyPlace,
} from '@assay/protocol'
import type { Api } from '@assay/protocol/schemas'
import { ProblemError } from '../faults/problem-error.ts'

/** @throws ProblemError `request_invalid` if the settings of an API, new or changed, do not fit together */
export function checkApi(api: Api): void {
  const errors = [...faultsOfLifetime(api), ...(api.token === 'access' ? faultsOfAccess(api) : [])]
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
}

/** Tokens would live longer than their mode allows. */
function faultsOfLifetime({ mode, token_lifetime: lifetime }: Api): FaultyPlace[] {
  return lifetime <= longestTokenLifetime[mode] ? [] : [{ pointer: '/token_lifetime', code: 'too_big' }]
}

/**
 * Stock resource servers look at issuer, audience and time only, so nothing may be issued that a guard would have to
 * refuse: no tier for the operator's log alone, no second app, nothing without appraisal, nothing that outlives a ban for
 * long.
 */
function faultsOfAccess({ apps, tiers, enforcement, token_lifetime, development }: Api): FaultyPlace[] {
  const hasFault = {
    apps: apps.length > 1,
    tiers: tiers.some((tier) => !(accessTokenTiers as readonly string[]).includes(tier)),
    enforcement: enforcement !== 'enforce',
    token_lifetime: token_lifetime > longestAccessTokenLifetime,
    development: development === true,
  }
  return Object.entries(hasFault)
    .filter(([, isFault]) => isFault)
    .map(([member]) => ({ pointer: `/${member}`, code: 'other_token_kind' }))
}
