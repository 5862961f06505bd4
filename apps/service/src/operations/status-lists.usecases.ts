import { createHash } from 'node:crypto'
import { statusListLifetime, statusListMemory, type StatusListClaims } from '@assay/protocol'
import type { Api, StatusListSize } from '@assay/protocol/schemas'
import { issueStatusList, type SigningKey } from '@assay/tokens'
import type { Clock } from '../system/ports.ts'
import { prepareBody, type PreparedBody } from '../system/prepared-body.ts'
import type { StatusStore } from './ports.ts'
import { createShardShelf, type ShardShelf } from './shard-shelf.ts'
import { createStatusNames, type BannedNow, type StatusNames } from './status-names.ts'

/** Milliseconds for which a list is served as it is, unless something has changed. */
const shownFor = 5_000
/** Milliseconds after which it is read again although that was just done, and how many times as long as it took. */
const soonest = { after: 1_000, times: 10 }
/** Milliseconds after which a list that nobody has asked for is forgotten. */
const forgottenAfter = 600_000

/** A list as it is served. */
export interface SignedStatusList {
  /** A weak ETag over the content of the list, so that it is the same on every node. */
  etag: string
  /** Compact JWT. */
  jwt: PreparedBody
}

interface StatusListDependencies {
  status: StatusStore
  /** The registered API; `undefined`: there is none under this audience. Anyone may ask, at any rate. */
  findApi: (audience: string) => Promise<Api | undefined>
  /** The name that tokens for an API have for the installation with this key. */
  pseudonymOf: (app: string, audience: string, thumbprint: string) => string
  /** The key to sign with now. */
  signingKey: () => SigningKey
  publicUrl: () => string
  clock: Clock
  /** Called with the number of names that no list can hold. */
  onLeftOut: (audience: string, names: number) => void
}

interface DrawnList extends SignedStatusList {
  readonly size: StatusListSize
}

/** What is remembered of the list of an API. */
interface Kept {
  readonly apps: string
  readonly names: StatusNames
  readonly shelf: ShardShelf
  /** Milliseconds since 1970: when the last reading began, and how long it took. */
  readAt: number
  took: number
  askedAt: number
  /** Something may have changed since. */
  isDoubted: boolean
  isReading: boolean
  list: Promise<DrawnList> | undefined
  /** Of the last list that was made. */
  size: StatusListSize | undefined
}

export type StatusListUseCases = ReturnType<typeof createStatusLists>

/**
 * The status lists of APIs. Anyone may ask, so asking often costs no more than asking once per {@link shownFor}: one
 * reading at a time, and one signature for each change.
 */
export function createStatusLists(dependencies: StatusListDependencies) {
  const { findApi, clock } = dependencies
  const kept = new Map<string, Kept>()

  const isDue = ({ readAt, took, isDoubted, isReading }: Kept): boolean => {
    if (isReading) return false
    const age = Math.abs(clock() - readAt)
    return age >= (isDoubted ? Math.min(shownFor, took * soonest.times) : shownFor)
  }
  const read = async (api: Api, of: Kept): Promise<DrawnList> => {
    const last = await of.list?.catch(() => undefined)
    const list = await drawUp(api, of, last, dependencies)
    of.took = Math.max(0, clock() - of.readAt)
    of.size = list.size
    return list
  }
  const begin = (api: Api, of: Kept): Promise<DrawnList> => {
    const drawn = read(api, of).finally(() => (of.isReading = false))
    Object.assign(of, { list: drawn, readAt: clock(), isDoubted: false, isReading: true })
    drawn.catch(() => {
      if (of.list === drawn) of.list = undefined
    })
    return drawn
  }
  const keptFor = (api: Api): Kept => {
    const apps = [...api.apps].sort().join(' ')
    const known = kept.get(api.audience)
    if (known?.apps === apps) return known
    const made: Kept = {
      apps,
      names: namesOf(api, dependencies),
      shelf: known?.shelf ?? createShardShelf(clock),
      readAt: -Infinity,
      took: 0,
      askedAt: clock(),
      isDoubted: false,
      isReading: false,
      list: undefined,
      size: undefined,
    }
    kept.set(api.audience, made)
    return made
  }
  const find = async (audience: string): Promise<SignedStatusList | undefined> => {
    const api = await findApi(audience)
    if (api === undefined) {
      kept.delete(audience)
      return undefined
    }
    const of = keptFor(api)
    of.askedAt = clock()
    return of.list === undefined || isDue(of) ? begin(api, of) : of.list
  }

  return {
    /** Registrations have changed: lists are made again. */
    changed(): void {
      for (const of of kept.values()) of.isDoubted = true
    },
    /** `undefined`: no API is registered under this audience. */
    find,
    /** One of the files that a list names, or one just before it. Its name says all about it, so it needs no new list. */
    async findShard(audience: string, digest: string): Promise<PreparedBody | 'no_api' | 'no_shard'> {
      const api = await findApi(audience)
      if (api === undefined) return 'no_api'
      const of = keptFor(api)
      if (of.shelf.find(digest) === undefined) {
        await (of.list ?? begin(api, of))
        // Another node may know of a later ban.
        const isRecent = clock() - of.readAt < Math.max(soonest.after, of.took * soonest.times)
        if (of.shelf.find(digest) === undefined && !of.isReading && !isRecent) await begin(api, of)
      }
      return of.shelf.find(digest) ?? 'no_shard'
    },
    /** How large the lists are that somebody has asked for of late. */
    sizes: (): StatusListSize[] => [...kept.values()].flatMap(({ size }) => size ?? []),
    /** Forgets what nobody asks for. */
    forget(): void {
      for (const [audience, { askedAt }] of kept)
        if (clock() - askedAt >= forgottenAfter) kept.delete(audience)
    },
  }
}

function namesOf(
  { audience, apps }: Api,
  { status, pseudonymOf, clock }: StatusListDependencies,
): StatusNames {
  return createStatusNames({
    ...{ status, audience, apps, clock },
    pseudonymOf: (app, thumbprint) => pseudonymOf(app, audience, thumbprint),
  })
}

/** The list is signed again if its content or the key has changed, or if half of its lifetime may be over. */
async function drawUp(
  { audience, apps }: Api,
  { names, shelf }: Kept,
  last: DrawnList | undefined,
  { status, signingKey, publicUrl, clock, onLeftOut }: StatusListDependencies,
): Promise<DrawnList> {
  const retired = await status.retiredSince(apps, clock() - statusListMemory * 1000)
  const found = await names.read()
  const contents: Pick<StatusListClaims, 'retired' | 'banned' | 'banned_of_apps' | 'shards'> =
    'names' in found
      ? { retired, ...listed(found.names) }
      : { retired, banned: [], shards: await shelf.put(found.prefixes) }
  shelf.tidy(contents.shards ?? [])
  if ('leftOut' in found && found.leftOut > 0) onLeftOut(audience, found.leftOut)
  const [key, issuer, now] = [signingKey(), publicUrl(), Math.floor(clock() / 1000)]
  const halfLife = Math.floor(now / (statusListLifetime / 2))
  const said = JSON.stringify([issuer, key.kid, halfLife, contents])
  const etag = `W/"${createHash('sha256').update(said).digest('base64url')}"`
  if (last?.etag === etag) return last
  const jwt = await prepareBody(Buffer.from(issueStatusList({ key, issuer, audience, now, ...contents })))
  const count = 'names' in found ? found.names.length : found.count
  const shards = contents.shards?.length ?? 0
  const bytes = jwt.plain.length + ('names' in found ? 0 : 8 * found.prefixes.length)
  return { etag, jwt, size: { api: audience, names: count, builds: retired.length, shards, bytes } }
}

function listed(
  names: Extract<BannedNow, { names: unknown }>['names'],
): Pick<StatusListClaims, 'banned' | 'banned_of_apps'> {
  const banned = names.flatMap(({ isDerived, installation }) => (isDerived ? [installation] : []))
  if (names.length === 0) return { banned }
  return { banned, banned_of_apps: names.map(({ app, installation }) => ({ app, installation })) }
}
