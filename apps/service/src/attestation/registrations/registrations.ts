import { compilePolicy, PolicyError, type Policy, type Vocabulary } from '@assay/appraisal'
import { installationBanKinds, type AllowEntry, type Api, type App, type StoredPolicy } from '@assay/protocol'
import { LRUCache } from 'lru-cache'
import type { BuildSummary, InstallationBans } from '../ports.ts'
import type { VouchingKey } from '../installation.ts'
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
    hasAny(app: string, keys: readonly VouchingKey[], now: number): Promise<boolean>
    ofInstallations(app: string): Promise<InstallationBans>
  }
  allowEntries: { list(app: string, now: number): Promise<AllowEntry[]> }
  policies: { find(id: string): Promise<StoredPolicy | undefined> }
  /** What policies can speak of. */
  vocabulary: Vocabulary
  clock: Clock
  /** Milliseconds after which it is read again: how late another node's write is seen. */
  maxAge: number
  /**
   * Milliseconds for which what was read last counts while reading it again fails. A write of this process ends that: what
   * it changed must not come back.
   */
  graceOnFault?: number
}

/** What a write changed. */
export type Changed =
  | { readonly app: string }
  | { readonly build: readonly [app: string, id: string] }
  | { readonly api: string }
  | { readonly policy: string }
  /** Bans of installations of an app. */
  | { readonly bans: string }
  /** Test devices of an app. */
  | { readonly allowed: string }

export type Registrations = ReturnType<typeof createRegistrations>

/**
 * What is registered, for the public endpoints. Each fact is read when it is first asked for, by its key and never with
 * all others, and then kept in memory: an attestation for what is registered reads no row. Only the names of APIs are read
 * together: where no limit holds, made-up ones must cost no reading either. Every write of this process calls `changed`, so
 * that a request that comes after the write's answer sees it.
 */
export function createRegistrations(options: RegistrationsOptions) {
  const { apps, apis, builds, bans, allowEntries, policies, vocabulary, clock } = options
  const app = kept(options, (id: string) => apps.find(id))
  const build = kept(options, (app: string, id: string) => builds.findSummary(app, id))
  const api = kept(options, (audience: string) => apis.find(audience))
  const apiNames = kept(options, () => apis.names())
  const policy = kept(options, async (id: string) => compiled(await policies.find(id), vocabulary))
  const banned = kept(options, (app: string) => bans.ofInstallations(app))
  const allowed = kept(options, (app: string) => allowEntries.list(app, clock()))

  return {
    /** `undefined`: the app is not registered. */
    findApp: (id: string) => app.find(id),
    /** `undefined`: the app has no such build. */
    findBuild: (app: string, id: string) => build.find(app, id),
    /** `undefined`: no API is registered under this audience. */
    findApi: (audience: string) => api.find(audience),
    /** Whether the operator has banned the vouching key at the app: asked of the store each time. */
    isBanned: (app: string, vouchingKey: VouchingKey) => bans.hasAny(app, [vouchingKey], clock()),
    /**
     * Whether the operator has banned the installation itself, which is asked of the store where the app has such bans.
     *
     * @param nameAt what tokens of an API call the installation
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
    /** Whether the operator lets the installation of this name through at an API, whatever the policy says. */
    async isAllowed(app: string, audience: string, installation: string): Promise<boolean> {
      const now = clock()
      return ((await allowed.find(app)) ?? []).some(
        (entry) =>
          entry.audience === audience &&
          entry.installation === installation &&
          Date.parse(entry.expires_at) > now,
      )
    },
    /** Whether an API is registered under this audience: known without a reading, so that anybody may ask at any rate. */
    isAudience: async (audience: string) => (await apiNames.find())?.audiences.has(audience) === true,
    /** Whether some API has registered this web origin: known without a reading, too. */
    isOrigin: async (origin: string) => (await apiNames.find())?.origins.has(origin) === true,
    /** A policy that the operator wrote, its newest version, compiled. `undefined`: there is none, or it no longer compiles. */
    findPolicy: (id: string) => policy.find(id),
    /** To be called when a write has been made, before it is answered: that is read again. Without an argument, everything is. */
    changed(what?: Changed): void {
      if (what === undefined)
        for (const facts of [app, build, api, apiNames, policy, banned, allowed]) facts.forgetAll()
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

/** Facts of one kind that are kept. */
const mostKept = 10_000
/** Milliseconds between two attempts to read while what was read last counts. */
const retryAfter = 1_000

interface Good<Fact> {
  fact: Fact
  /** When its reading began. */
  at: number
}

interface Kept<Key extends readonly string[], Fact> {
  find(...key: Key): Promise<Fact | undefined>
  /** Has it read again; a reading that is under way no longer counts. */
  forget(...key: Key): void
  forgetAll(): void
}

/**
 * Reads a fact once, and again when it is too old. What does not exist is asked for again each time and takes no place, so
 * that made-up names push nothing out. While reading fails, what was read last counts for a while, and nobody waits for a
 * store that did not answer before.
 */
function kept<Key extends string[], Fact extends object | true>(
  { clock, maxAge, graceOnFault = 0 }: Pick<RegistrationsOptions, 'clock' | 'maxAge' | 'graceOnFault'>,
  read: (...key: Key) => Promise<Fact | undefined>,
): Kept<Key, Fact> {
  const known = new LRUCache<string, Good<Fact>>({ max: mostKept })
  const reading = new Map<string, Promise<Fact | undefined>>()
  let failedAt: number | undefined
  const isWithin = (span: number, at: number) => Math.abs(clock() - at) < span

  const begin = (name: string, key: Key): Promise<Fact | undefined> => {
    const at = clock()
    const begun = read(...key)
      .then(
        (fact) => {
          failedAt = undefined
          if (reading.get(name) !== begun) return fact
          if (fact === undefined) known.delete(name)
          else known.set(name, { fact, at })
          return fact
        },
        (error: unknown) => {
          failedAt = clock()
          throw error
        },
      )
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
      if (last !== undefined && isWithin(maxAge, last.at)) return last.fact
      const still = last !== undefined && isWithin(graceOnFault, last.at) ? last.fact : undefined
      const isFailing = still !== undefined && failedAt !== undefined
      if (isFailing && isWithin(retryAfter, failedAt as number)) return still
      const wanted = (reading.get(name) ?? begin(name, key)).catch((error: unknown) => {
        if (still === undefined) throw error
        return still
      })
      return isFailing ? still : wanted
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

/** A policy that no longer compiles is missing, so that only what names it is out of order. */
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
