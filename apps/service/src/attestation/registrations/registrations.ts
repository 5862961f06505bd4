import { compilePolicy, PolicyError, type Policy, type Vocabulary } from '@assay/appraisal'
import type { Api, App, Ban, StoredPolicy } from '@assay/protocol'
import type { BuildSummary } from '../ports.ts'
import type { VouchingKey } from '../installation.ts'
import type { Clock } from '../../system/ports.ts'

/** What is registered for one app. */
export interface AppRegistration {
  app: App
  builds: ReadonlyMap<string, BuildSummary>
  /** The APIs that the app may ask tokens for, by audience. */
  apis: ReadonlyMap<string, Api>
  /** Vouching keys that are banned, by {@link vouchingKeyName}. */
  banned: ReadonlySet<string>
}

/** Names a vouching key within an app. */
export const vouchingKeyName = ({ kind, id }: VouchingKey) => `${kind}:${id}`

interface Snapshot {
  apps: ReadonlyMap<string, App>
  apis: readonly Api[]
  origins: ReadonlySet<string>
  policies: ReadonlyMap<string, Policy>
  /** Read when an app is first asked for; only for apps that are registered. */
  perApp: Map<string, Promise<AppRegistration>>
}

interface RegistrationsOptions {
  apps: { list(): Promise<App[]> }
  apis: { list(): Promise<Api[]> }
  builds: { list(app: string): Promise<BuildSummary[]> }
  bans: { list(app: string): Promise<Ban[]> }
  policies: { list(): Promise<StoredPolicy[]> }
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

interface Good<T> {
  value: T
  /** When its reading began. */
  at: number
}

/** Milliseconds between two attempts to read while the last good reading counts. */
const retryAfter = 1_000

export type Registrations = ReturnType<typeof createRegistrations>

/**
 * What is registered, kept in memory for the public endpoints: an attestation reads no row. Every write of this
 * process calls `changed`, so that a request that comes after the write's answer sees it.
 */
export function createRegistrations(options: RegistrationsOptions) {
  const { clock, maxAge, graceOnFault = 0 } = options
  let good: Good<Snapshot> | undefined
  const goodOfApp = new Map<string, Good<AppRegistration>>()
  let reading: Promise<Snapshot> | undefined
  let failedAt: number | undefined
  /** Counts the writes: what was read before one of them is not kept. */
  let writes = 0

  const isWithin = (span: number, at: number) => Math.abs(clock() - at) < span
  const still = <T>(last: Good<T> | undefined): T | undefined =>
    last !== undefined && isWithin(graceOnFault, last.at) ? last.value : undefined

  const read = (): Promise<Snapshot> => {
    const [at, before] = [clock(), writes]
    return readSnapshot(options).then(
      (value) => {
        if (writes !== before) return value
        good = { value, at }
        failedAt = reading = undefined
        return value
      },
      (error: unknown) => {
        if (writes !== before) throw error
        failedAt = clock()
        reading = undefined
        throw error
      },
    )
  }

  const current = (): Promise<Snapshot> => {
    if (good !== undefined && isWithin(maxAge, good.at)) return Promise.resolve(good.value)
    const last = still(good)
    const isFailing = last !== undefined && failedAt !== undefined
    if (isFailing && isWithin(retryAfter, failedAt as number)) return Promise.resolve(last)
    reading ??= read()
    const wanted = reading.catch((error: unknown) => {
      const known = still(good)
      if (known === undefined) throw error
      return known
    })
    if (!isFailing) return wanted
    // Nobody waits for a store that did not answer before.
    wanted.catch(() => undefined)
    return Promise.resolve(last)
  }

  const find = async (id: string): Promise<AppRegistration | undefined> => {
    const { apps: registered, apis: all, perApp } = await current()
    const app = registered.get(id)
    if (app === undefined) return undefined
    const known = perApp.get(id)
    if (known !== undefined) return known
    const [at, before] = [clock(), writes]
    const found = readAppRegistration(options, app, all).then(
      (value) => {
        if (writes === before) goodOfApp.set(id, { value, at })
        return value
      },
      (error: unknown) => {
        perApp.delete(id)
        const last = still(goodOfApp.get(id))
        if (last === undefined) throw error
        return last
      },
    )
    perApp.set(id, found)
    return found
  }

  return {
    /** `undefined`: the app is not registered. */
    find,
    /** Whether the operator has banned the vouching key at the app. */
    async isBanned(app: string, vouchingKey: VouchingKey): Promise<boolean> {
      return (await find(app))?.banned.has(vouchingKeyName(vouchingKey)) ?? false
    },
    /** `undefined`: no API is registered under this audience. */
    async findApi(audience: string): Promise<Api | undefined> {
      return (await current()).apis.find((api) => api.audience === audience)
    },
    /** Whether some API has registered this web origin. */
    async isOrigin(origin: string): Promise<boolean> {
      return (await current()).origins.has(origin)
    },
    /** The policies that the operator wrote, newest versions, compiled. */
    async policies(): Promise<ReadonlyMap<string, Policy>> {
      return (await current()).policies
    },
    /** To be called when a write has been made, before it is answered. */
    changed(): void {
      writes += 1
      good = reading = failedAt = undefined
      goodOfApp.clear()
    },
  }
}

async function readSnapshot({ apps, apis, policies, vocabulary }: RegistrationsOptions): Promise<Snapshot> {
  const [registered, all] = [await apps.list(), await apis.list()]
  return {
    apps: new Map(registered.map((app) => [app.id, app])),
    apis: all,
    origins: new Set(all.flatMap(({ origins }) => origins)),
    policies: new Map((await policies.list()).flatMap((policy) => compiled(policy, vocabulary))),
    perApp: new Map(),
  }
}

/** A policy that no longer compiles is missing, so that only what names it is out of order. */
function compiled({ id, version, document }: StoredPolicy, vocabulary: Vocabulary): [string, Policy][] {
  try {
    return [[id, compilePolicy(document, { id, version, vocabulary })]]
  } catch (error) {
    if (error instanceof PolicyError) return []
    throw error
  }
}

async function readAppRegistration(
  { builds, bans }: RegistrationsOptions,
  app: App,
  apis: readonly Api[],
): Promise<AppRegistration> {
  const [registered, banned] = [await builds.list(app.id), await bans.list(app.id)]
  return {
    app,
    builds: new Map(registered.map((build) => [build.id, build])),
    apis: new Map(apis.filter(({ apps }) => apps.includes(app.id)).map((api) => [api.audience, api])),
    banned: new Set(banned.map(({ kind, vouching_key: id }) => vouchingKeyName({ kind, id }))),
  }
}
