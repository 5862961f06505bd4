import type { Clock } from '../system/ports.ts'
import { askVendor, jsonOf, type VendorAnswer } from './ask-vendor.ts'
import { freshnessOf, secondsOf, type Freshness } from './freshness.ts'
import { VendorError } from './vendor-error.ts'

/** A list as the vendor gave it. */
export interface KeptList {
  url: string
  etag: string | null
  /** Milliseconds since 1970 at which the vendor stated that it was valid. */
  readAt: number
  text: string
}

/** Keeps the last list of a vendor beyond a restart, for all nodes. */
export interface VendorListStore {
  /** `'forged'`: what is stored was not written by this service, or is incomplete. */
  read(url: string): Promise<KeptList | 'forged' | undefined>
  /** Does nothing if a newer list is stored; the body is written only if it differs. @param now milliseconds since 1970 */
  write(list: KeptList, now: number): Promise<void>
}

export interface StatusListFeedOptions<List> {
  url: string
  store: VendorListStore
  /** Seconds after which a list no longer counts. */
  maxAge: number
  fetch: typeof fetch
  clock: Clock
  /** Reads the list from its JSON value; throws for one that is malformed. */
  read: (value: unknown) => List
  /** Told of each attempt that fails, once however many wait for it. */
  onMalfunction: (error: unknown) => void
  /** Milliseconds for a whole answer; default 10,000. */
  timeout?: number
}

export interface Snapshot<List> {
  list: List
  /** Unix seconds at which the vendor's server stated that it is valid. */
  readAt: number
}

/** The vendor's list as last read. Its maximum age is not checked here. */
export interface StatusListFeed<List> {
  current(): Snapshot<List> | undefined
  /** Milliseconds since 1970 at which the vendor was last asked; `undefined`: it has not been. */
  askedAt(): number | undefined
  /** Why the last attempt failed; `undefined`: it did not. */
  lastFailure(): unknown
  /**
   * Reads the list again, only once for all simultaneous callers. If that fails, the previous list stays, or a newer one
   * that is stored takes its place.
   *
   * @throws VendorError
   */
  refresh(): Promise<void>
  /** Milliseconds since 1970 at which the list becomes due again. */
  refreshAt(): number
}

/** Bytes: twenty times the list of 2026. */
export const longestList = 8_388_608
/** Seconds. The vendor's headers decide within these bounds. */
const shortestLifetime = 60
const usualLifetime = 3_600
const longestLifetime = 86_400
/** Seconds before the first and the last retry after failures. */
const firstRetry = 5
const lastRetry = 900

export function createStatusListFeed<List extends { readonly size: number }>(
  options: StatusListFeedOptions<List>,
): StatusListFeed<List> {
  const { url, fetch, clock, read, onMalfunction, store, maxAge, timeout = 10_000 } = options
  let snapshot: Snapshot<List> | undefined
  let text = ''
  let etag: string | null = null
  let lastFailure: unknown
  let dueAt = 0
  /** The clock at that time: if it shows less now, it was set back, and the list is due at once. */
  let askedAt = 0
  let failures = 0
  let running: Promise<void> | undefined

  const ask = (): Promise<VendorAnswer> =>
    askVendor(fetch, {
      url,
      method: 'GET',
      headers: { accept: 'application/json', ...(etag === null ? {} : { 'if-none-match': etag }) },
      timeout,
      longest: longestList,
    })

  const load = async (): Promise<void> => {
    // The list is valid at least from the time of the request, whenever the answer comes.
    const readBegan = clock()
    const answer = await ask()
    const freshness = freshnessOf(answer.headers, readBegan)
    const list = answer.status === 304 ? snapshot?.list : readList(answer, read)
    if (list === undefined) throw new VendorError('VENDOR_NONSENSE')
    if (answer.status !== 304) text = answer.text
    snapshot = { list, readAt: readBegan / 1000 - freshness.age }
    etag = answer.headers.get('etag') ?? (answer.status === 304 ? etag : null)
    askedAt = readBegan
    dueAt = readBegan + 1000 * lifetimeOf(freshness)
    failures = 0
    lastFailure = undefined
    await store
      .write({ url, etag, readAt: Math.floor(1000 * snapshot.readAt), text }, readBegan)
      .catch(onMalfunction)
  }

  /** Another node may have read a newer list, or this one before its last start. */
  const takeStored = async (): Promise<void> => {
    const kept = await store.read(url)
    if (kept === undefined) return
    if (kept === 'forged') throw new VendorError('VENDOR_LIST_FORGED')
    const [age, readAt] = [clock() - kept.readAt, kept.readAt / 1000]
    if (age < 0 || age > 1000 * maxAge || readAt <= (snapshot?.readAt ?? -Infinity)) return
    const list = readText(kept.text, read)
    snapshot = { list, readAt }
    ;({ text, etag } = kept)
  }

  const failed = async (error: unknown): Promise<never> => {
    const backOff = Math.min(firstRetry * 2 ** failures, lastRetry)
    const demanded = error instanceof VendorError && error.code === 'VENDOR_QUOTA' ? error.retryAfter : 0
    failures += 1
    askedAt = clock()
    dueAt = askedAt + 1000 * Math.max(backOff, demanded)
    lastFailure = error
    onMalfunction(error)
    await takeStored().catch(onMalfunction)
    throw error
  }

  return {
    current: () => snapshot,
    askedAt: () => (askedAt === 0 ? undefined : askedAt),
    lastFailure: () => lastFailure,
    refreshAt: () => (clock() < askedAt ? 0 : dueAt),
    refresh: () => {
      running ??= load()
        .catch(failed)
        .finally(() => {
          running = undefined
        })
      return running
    },
  }
}

/** An empty list would revoke nothing, and the vendor's list is never empty: it has had entries for years. */
function readList<List extends { readonly size: number }>(
  answer: VendorAnswer,
  read: (value: unknown) => List,
): List {
  checkStatus(answer)
  return readText(answer.text, read)
}

function readText<List extends { readonly size: number }>(
  text: string,
  read: (value: unknown) => List,
): List {
  const list = readOrNonsense(jsonOf({ text }), read)
  if (list.size === 0) throw new VendorError('VENDOR_NONSENSE')
  return list
}

function readOrNonsense<List>(value: unknown, read: (value: unknown) => List): List {
  try {
    return read(value)
  } catch (cause) {
    throw new VendorError('VENDOR_NONSENSE', { cause })
  }
}

function checkStatus({ status, headers }: VendorAnswer): void {
  const retryAfter = secondsOf(headers.get('retry-after'))
  if (status === 429) throw new VendorError('VENDOR_QUOTA', { retryAfter })
  if (status !== 200) throw new VendorError('VENDOR_STATUS', { retryAfter })
}

function lifetimeOf({ lifetime = usualLifetime }: Freshness): number {
  return Math.min(Math.max(lifetime, shortestLifetime), longestLifetime)
}
