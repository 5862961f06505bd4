import { longestAllowEntry, mostAllowEntries } from '@assay/protocol'
import type { AllowEntry, Api, ListedAllowEntry } from '@assay/protocol/schemas'
import type { PseudonymOf } from '../attestation/issue.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Actor } from '../system/actor.ts'
import type { Clock, Random } from '../system/ports.ts'
import { randomId } from '../system/random.ts'
import type { AllowStore, AppStore } from './model/ports.ts'
import { checkYetToCome } from './model/yet-to-come.ts'

interface AllowDependencies {
  entries: AllowStore
  apps: Pick<AppStore, 'find'>
  findApi: (audience: string) => Promise<Api | undefined>
  registrations: Pick<Registrations, 'changed'>
  pseudonymOf: PseudonymOf
  actor: () => Actor
  random: Random
  clock: Clock
}

/** A test device, given by the key that it signs with or by the name that the tokens of the API have for it. */
export type AllowAsked = { audience: string; note?: string | undefined; expires_at: string } & (
  { key: string } | { installation: string }
)

export type AllowUseCases = ReturnType<typeof createAllowUseCases>

const day = 86_400_000

/** Test devices that get tokens for an API although the policy refuses them. */
export function createAllowUseCases(dependencies: AllowDependencies) {
  const { entries, apps, findApi, registrations, pseudonymOf, actor, random, clock } = dependencies
  const mustExist = async (app: string) => {
    if ((await apps.find(app)) === undefined) throw new ProblemError('app_not_found')
  }
  return {
    /** Another entry for the same installation replaces the first. */
    async add(app: string, input: AllowAsked): Promise<AllowEntry> {
      await mustExist(app)
      const { audience } = input
      const api = await findApi(audience)
      if (api?.apps.includes(app) !== true) throw new ProblemError('api_not_found')
      // Its tokens cannot say so to whoever reads them.
      if (api.token === 'access')
        throw new ProblemError('request_invalid', {
          errors: [{ pointer: '/audience', code: 'other_token_kind' }],
        })
      checkYetToCome(input.expires_at, clock(), longestAllowEntry * day)
      const entry: AllowEntry = {
        id: randomId(random, 12),
        app,
        audience,
        installation: 'key' in input ? pseudonymOf(app, audience, input.key) : input.installation,
        note: input.note ?? null,
        author: actor().key,
        created_at: new Date(clock()).toISOString(),
        expires_at: new Date(input.expires_at).toISOString(),
        tier: null,
      }
      if ((await entries.add(entry, clock(), mostAllowEntries)) === 'full')
        throw new ProblemError('allow_list_full')
      registrations.changed({ allowed: app })
      return entry
    },
    async list(app: string): Promise<{ entries: ListedAllowEntry[] }> {
      await mustExist(app)
      return { entries: await entries.list(app, clock()) }
    },
    async remove(app: string, of: Pick<AllowEntry, 'audience' | 'installation'>): Promise<void> {
      if ((await entries.remove({ app, ...of })) === undefined)
        throw new ProblemError('allow_entry_not_found')
      registrations.changed({ allowed: app })
    },
    /** The allow entries that an API key added, in all apps, whether or not the key still exists. */
    async ofAuthor(author: string): Promise<{ entries: AllowEntry[] }> {
      return { entries: await entries.ofAuthor(author, clock()) }
    },
    /** Removes all of that, and returns it. */
    async endOfAuthor(author: string): Promise<AllowEntry[]> {
      const found = await entries.ofAuthor(author, clock())
      for (const entry of found) {
        await entries.remove(entry)
        registrations.changed({ allowed: entry.app })
      }
      return found
    },
    /** Removes entries that have ended. */
    prune: (): Promise<void> => entries.prune(clock()),
  }
}
