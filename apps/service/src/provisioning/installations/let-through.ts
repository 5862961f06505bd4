import { letThroughsPerDay, longestLetThrough, mostAllowEntries, type AdmissibleTier } from '@assay/protocol'
import {
  type AllowEntry,
  type Api,
  type App,
  type AttestationTrace,
  type Installation,
  type LetThroughInput,
} from '@assay/protocol/schemas'
import type { PseudonymOf } from '../../attestation/issue.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Actor } from '../../system/actor.ts'
import type { Random } from '../../system/ports.ts'
import { randomId } from '../../system/random.ts'
import type { AllowStore } from '../model/ports.ts'
import { checkYetToCome } from '../model/yet-to-come.ts'
import type { InstallationTrace } from './ports.ts'

/** Milliseconds: a refusal that is older is no reason for letting somebody through today. */
const refusalCounts = 86_400_000

export interface LetThroughDependencies {
  findTrace: (trace: string) => Promise<AttestationTrace | undefined>
  entries: Pick<AllowStore, 'letThrough'>
  apisOf: (app: string) => Promise<readonly Api[]>
  pseudonymOf: PseudonymOf
  actor: () => Actor
  random: Random
  clock: () => number
}

type Possible = Installation['let_through'][number]
type Refusal = AttestationTrace['refused'][number]

/** The newest refusal by the policy of each API, and whether support may set it aside. */
export function letThroughsOf(
  { let_through_tiers: tiers }: App,
  traces: readonly InstallationTrace[],
  { isBanned, apis, now }: { isBanned: boolean; apis: readonly Api[]; now: number },
): Possible[] {
  const apiOf = (audience: string) => apis.find((api) => api.audience === audience)
  const obstacleAt = ({ audience, tier, code_differs }: Refusal): Possible['obstacle'] => {
    if (isBanned) return 'banned'
    if (code_differs) return 'code'
    if (!isAdmissible(tier, tiers)) return 'tier'
    const api = apiOf(audience)
    return api !== undefined && isOfAttestation(api) ? null : 'api'
  }
  const byApi = new Map<string, Possible>()
  for (const { trace, at, refused } of traces) {
    if (now - Date.parse(at) > refusalCounts) continue
    for (const refusal of refused) {
      const { audience, tier, code } = refusal
      if (byApi.has(audience)) continue
      const allow_listed = apiOf(audience)?.allow_listed ?? false
      byApi.set(audience, { audience, trace, tier, code, obstacle: obstacleAt(refusal), allow_listed })
    }
  }
  return [...byApi.values()]
}

const isAdmissible = (tier: string, tiers: readonly AdmissibleTier[]): tier is AdmissibleTier =>
  (tiers as readonly string[]).includes(tier)

/** An access token cannot say to whoever reads it that somebody was let through. */
const isOfAttestation = ({ token }: Pick<Api, 'token'>) => token === 'attestation'

/**
 * Lets an installation through at one API for a day at most, where the policy of that API refused it: for the tier that
 * it had, and no other. A failed measurement, bad evidence and bans are refused before any policy, and stay refused.
 *
 * @throws ProblemError `api_not_found`, `let_through_not_refused`, `let_through_code_differs`,
 * `let_through_tier_excluded`, `let_through_spent`, `allow_entry_exists`, `allow_list_full`, `request_invalid`,
 * `unauthorized`
 */
export async function letThrough(
  app: App,
  key: string,
  input: LetThroughInput,
  isBanned: boolean,
  { findTrace, entries, apisOf, pseudonymOf, actor, random, clock }: LetThroughDependencies,
): Promise<AllowEntry> {
  const now = clock()
  const { audience } = input
  checkYetToCome(input.expires_at, now, longestLetThrough * 1000)
  const api = (await apisOf(app.id)).find((one) => one.audience === audience)
  if (api === undefined) throw new ProblemError('api_not_found')
  if (!isOfAttestation(api))
    throw new ProblemError('request_invalid', {
      errors: [{ pointer: '/audience', code: 'other_token_kind' }],
    })
  const trace = await findTrace(input.trace)
  const isMeant = trace?.app === app.id && trace.key === key && now - Date.parse(trace.at) <= refusalCounts
  const refusal = isMeant ? trace.refused.find((one) => one.audience === audience) : undefined
  if (refusal === undefined || isBanned) throw new ProblemError('let_through_not_refused')
  if (refusal.code_differs) throw new ProblemError('let_through_code_differs')
  const { tier } = refusal
  if (!isAdmissible(tier, app.let_through_tiers)) throw new ProblemError('let_through_tier_excluded')
  const entry: AllowEntry = {
    id: randomId(random, 12),
    app: app.id,
    audience,
    installation: pseudonymOf(app.id, audience, key),
    note: input.note ?? null,
    author: actor().key,
    created_at: new Date(now).toISOString(),
    // The clock of a caller may be ahead, but a day is a day.
    expires_at: new Date(
      Math.min(Date.parse(input.expires_at), now + longestLetThrough * 1000),
    ).toISOString(),
    tier,
  }
  const most = { listed: mostAllowEntries, perDay: letThroughsPerDay }
  const added = await entries.letThrough(entry, now, most)
  switch (added) {
    case 'exists':
      throw new ProblemError('allow_entry_exists')
    case 'full':
      throw new ProblemError('allow_list_full')
    case 'spent':
      throw new ProblemError('let_through_spent')
    case 'author_gone':
      throw new ProblemError('unauthorized')
    default:
      return entry
  }
}
