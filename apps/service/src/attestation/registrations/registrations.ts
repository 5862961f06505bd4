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
}

export type Registrations = ReturnType<typeof createRegistrations>

/**
 * What is registered, kept in memory for the public endpoints: an attestation reads no row. Every write of this
 * process calls `changed`, so that a request that comes after the write's answer sees it.
 */
export function createRegistrations(options: RegistrationsOptions) {
  const { clock, maxAge } = options
  let snapshot: Promise<Snapshot> | undefined
  let readAt = 0

  const current = (): Promise<Snapshot> => {
    const now = clock()
    if (snapshot === undefined || Math.abs(now - readAt) >= maxAge) {
      const reading = readSnapshot(options)
      snapshot = reading
      readAt = now
      reading.catch(() => {
        if (snapshot === reading) snapshot = undefined
      })
    }
    return snapshot
  }

  const find = async (id: string): Promise<AppRegistration | undefined> => {
    const { apps: registered, apis: all, perApp } = await current()
    const app = registered.get(id)
    if (app === undefined) return undefined
    const known = perApp.get(id)
    if (known !== undefined) return known
    const reading = readAppRegistration(options, app, all)
    perApp.set(id, reading)
    reading.catch(() => perApp.delete(id))
    return reading
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
      snapshot = undefined
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
