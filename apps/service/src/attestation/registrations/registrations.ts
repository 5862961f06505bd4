import { compilePolicy, PolicyError, type BootKeys, type Policy, type Vocabulary } from '@assay/appraisal'
import { installationBanKinds, type AdmissibleTier } from '@assay/protocol'
import type { ListedAllowEntry, Api, App, StoredPolicy, BuildSummary } from '@assay/protocol/schemas'
import { LRUCache } from 'lru-cache'
import type { InstallationBans } from '../model/ports.ts'
import type { VouchingKeyId } from '../model/installation.ts'
import type { Clock } from '../../system/ports.ts'

interface RegistrationsOptions {
  apps: { find(id: string): Promise<App | undefined> }
  apis: {
    find(audience: string): Promise<Api | undefined>
    /** The audiences of all, and their web origins. */
    names(): Promise<{ audiences: ReadonlySet<string>; origins: ReadonlySet<string> }>
  }
  builds: { findSummary(app: string, id: string): Promise<BuildSummary | undefined> }
  bans: {
    hasAny(app: string, keys: readonly VouchingKeyId[], now: number): Promise<boolean>
    ofInstallations(app: string): Promise<InstallationBans>
  }
  allowEntries: { list(app: string, now: number): Promise<ListedAllowEntry[]> }
  policies: { find(id: string): Promise<StoredPolicy | undefined> }
  bootKeys: { all(): Promise<BootKeys> }
  /** What policies can refer to. */
  vocabulary: Vocabulary
  clock: Clock
  /** Milliseconds; they only increase. */
  steady: Clock
  /** When `changed` had last been called for everything that had changed by then, by the steady clock. */
  upToDateAt: () => number
  /** Milliseconds for which what is kept stays valid although nothing confirms it. */
  outlast: number
}

/** What a write changed. */
export type Changed =
  | { readonly app: string }
  | { readonly build: readonly [app: string, id: string] }
  | { readonly api: string }
  | { readonly policy: string }
  | 'bootKeys'
  /** Bans of installations of an app. */
  | { readonly bans: string }
  /** Test devices of an app. */
  | { readonly allowed: string }

/** An installation, by its name at an API, and the tier that the policy gave it. */
export interface AllowedTier {
  audience: string
  installation: string
  tier: AdmissibleTier
}

export type Registrations = ReturnType<typeof createRegistrations>

/**
 * What is registered, for the public endpoints. Each registration is read when it is first asked for, by its own key, and
 * then kept in memory: an attestation for something registered reads no row. Only the names of APIs are read together,
 * because made-up names must cost no reading where no limit applies. Every write of this process calls `changed`, so
 * that a request that comes after the write's answer sees it.
 */
export function createRegistrations(options: RegistrationsOptions) {
  const { apps, apis, builds, bans, allowEntries, policies, bootKeys, vocabulary, clock } = options
  const app = kept(options, (id: string) => apps.find(id))
  const build = kept(options, (app: string, id: string) => builds.findSummary(app, id))
  const api = kept(options, (audience: string) => apis.find(audience))
  const apiNames = kept(options, () => apis.names())
  const policy = kept(options, async (id: string) => compiled(await policies.find(id), vocabulary))
  const given = kept(options, () => bootKeys.all())
  const banned = kept(options, (app: string) => bans.ofInstallations(app))
  const allowed = kept(options, (app: string) => allowEntries.list(app, clock()))

  return {
    /** `undefined`: the app is not registered. */
    findApp: (id: string) => app.find(id),
    /** `undefined`: the app has no such build. */
    findBuild: (app: string, id: string) => build.find(app, id),
    /** `undefined`: no API is registered under this audience. */
    findApi: (audience: string) => api.find(audience),
    /** Whether the operator has banned the vouching key at the app: asks the store each time. */
    isBanned: (app: string, vouchingKey: VouchingKeyId) => bans.hasAny(app, [vouchingKey], clock()),
    /**
     * Whether the operator has banned the installation itself, which asks the store if the app has such bans.
     *
     * @param nameAt the name that tokens of an API have for the installation
     */
    async isInstallationBanned(
      app: string,
      thumbprint: string,
      nameAt: (audience: string) => string,
    ): Promise<boolean> {
      const { byKey, audiences } = (await banned.find(app)) ?? { byKey: false, audiences: [] }
      const keys = [
        ...(byKey ? [{ kind: installationBanKinds.key, id: thumbprint }] : []),
        ...audiences.map((audience) => ({ kind: installationBanKinds.name, id: nameAt(audience) })),
      ]
      return keys.length > 0 && bans.hasAny(app, keys, clock())
    },
    /**
     * Whether the operator lets the installation of this name through at an API, whatever the policy says. What somebody
     * from support let through counts for the tier that it had then, and as long as the app does not exclude that.
     */
    async isAllowed(
      { id, let_through_tiers: tiers }: Pick<App, 'id' | 'let_through_tiers'>,
      { audience, installation, tier }: AllowedTier,
    ): Promise<boolean> {
      const now = clock()
      return ((await allowed.find(id)) ?? []).some(
        (entry) =>
          entry.refused !== true &&
          entry.audience === audience &&
          entry.installation === installation &&
          (entry.tier === null || (entry.tier === tier && tiers.includes(tier))) &&
          Date.parse(entry.expires_at) > now,
      )
    },
    /**
     * Whether an API is registered under this audience: known without reading the store, so that anybody may ask at
     * any rate.
     */
    isAudience: async (audience: string) => (await apiNames.find())?.audiences.has(audience) === true,
    /** Whether some API has registered this web origin: also known without reading the store. */
    isOrigin: async (origin: string) => (await apiNames.find())?.origins.has(origin) === true,
    /** A policy that the operator wrote, its newest version, compiled. `undefined`: there is none, or it no longer compiles. */
    findPolicy: (id: string) => policy.find(id),
    /** Boot keys that the operator has given, of all systems: the same map while they are the same. */
    bootKeys: async (): Promise<BootKeys> => (await given.find()) ?? new Map(),
    /**
     * Call it after a write and before answering it: what was written is read again. Without an argument, everything
     * is.
     */
    changed(what?: Changed): void {
      if (what === undefined)
        for (const kind of [app, build, api, apiNames, policy, given, banned, allowed]) kind.forgetAll()
      else if (what === 'bootKeys') given.forgetAll()
      else if ('app' in what) app.forget(what.app)
      else if ('build' in what) build.forget(...what.build)
      else if ('policy' in what) policy.forget(what.policy)
      else if ('bans' in what) banned.forget(what.bans)
      else if ('allowed' in what) allowed.forget(what.allowed)
      else {
        api.forget(what.api)
        apiNames.forgetAll()
      }
    },
  }
}

/** Registrations of one kind that are kept. */
const mostKept = 10_000

interface Good<Registration> {
  registration: Registration
  /** When reading it began. */
  at: number
}

interface Kept<Key extends readonly string[], Registration> {
  find(...key: Key): Promise<Registration | undefined>
  /** Makes it be read again; a reading that is under way no longer counts. */
  forget(...key: Key): void
  forgetAll(): void
}

/**
 * Reads a registration once. It stays valid until it is forgotten, or until nothing has confirmed it for too long. What does
 * not exist is read each time and is not kept, so that made-up names evict nothing.
 */
function kept<Key extends string[], Registration extends object | true>(
  { steady, upToDateAt, outlast }: Pick<RegistrationsOptions, 'steady' | 'upToDateAt' | 'outlast'>,
  read: (...key: Key) => Promise<Registration | undefined>,
): Kept<Key, Registration> {
  const known = new LRUCache<string, Good<Registration>>({ max: mostKept })
  const reading = new Map<string, Promise<Registration | undefined>>()
  const counts = (at: number) => steady() - Math.max(at, upToDateAt()) < outlast

  const begin = (name: string, key: Key): Promise<Registration | undefined> => {
    const at = steady()
    const begun = read(...key)
      .then((registration) => {
        if (reading.get(name) !== begun) return registration
        if (registration === undefined) known.delete(name)
        else known.set(name, { registration, at })
        return registration
      })
      .finally(() => {
        if (reading.get(name) === begun) reading.delete(name)
      })
    reading.set(name, begun)
    return begun
  }

  return {
    async find(...key) {
      const name = key.join('\n')
      const last = known.get(name)
      if (last !== undefined && counts(last.at)) return last.registration
      return reading.get(name) ?? begin(name, key)
    },
    forget(...key) {
      const name = key.join('\n')
      known.delete(name)
      reading.delete(name)
    },
    forgetAll() {
      known.clear()
      reading.clear()
    },
  }
}

/** A policy that no longer compiles counts as missing, so that only what names it fails. */
function compiled(stored: StoredPolicy | undefined, vocabulary: Vocabulary): Policy | undefined {
  if (stored === undefined) return undefined
  const { id, version, document } = stored
  try {
    return compilePolicy(document, { id, version, vocabulary })
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}
