import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { bannedOfApp, mostListedNames, statusListMemory, type BannedOfApp } from '@assay/protocol'
import type { Clock } from '../system/ports.ts'
import type { BanRange, BanSlice, StatusStore } from './ports.ts'
import { mergePrefixes } from './status-shards.ts'

/** Milliseconds. Bans are remembered by when they began: one more leaves all other slices as they are. */
const slice = 5_000
/**
 * Milliseconds for which slices are read again: clocks differ, and attestations that were under way may still enrol
 * installations behind a key that is banned.
 */
const unsettled = 60_000
/** Bans that are counted in one go. */
const bansPerCount = 50_000
/** Bans that are read in one go: nobody else is served meanwhile if the store works on this thread. */
const bansPerRead = 4_000
/**
 * Hashes of one list, beyond which the oldest are left out, whose tokens are the nearest to their end. It is what fits
 * into the most shards that a list may have.
 */
const mostHashes = 7_500_000

interface StatusNamesDependencies {
  status: Pick<StatusStore, 'banSlices' | 'banned' | 'bannedNames'>
  audience: string
  apps: readonly string[]
  /** The name that tokens for the API have for the installation with this key. */
  pseudonymOf: (app: string, thumbprint: string) => string
  clock: Clock
  /** Default {@link mostHashes}. */
  most?: number
}

/** A name at the API. */
interface ListedName extends BannedOfApp {
  /**
   * Whether the service derived the name from a key of the app. Then it is no name of another app's installation, and is
   * also listed without its app, for guards that know no other form.
   */
  readonly isDerived: boolean
}

interface KnownSlice {
  readonly mark: string
  readonly count: number
  /** Prefixes of the hashes of its names in all their forms, each once, in ascending order. */
  readonly prefixes: BigUint64Array
  /** Absent if these alone are too many for the list itself. */
  readonly names: readonly ListedName[] | undefined
}

/** What is banned: by its names if they are few, otherwise by prefixes of their hashes. */
export type BannedNow =
  | { readonly names: readonly ListedName[] }
  | { readonly prefixes: BigUint64Array; readonly count: number; readonly leftOut: number }

export type StatusNames = ReturnType<typeof createStatusNames>

/**
 * The installations of an API whose bans are recent. It remembers what it has read, by slices of time: after one more ban
 * the store reads an index and the slices that are new or have changed, also if there are a million.
 */
export function createStatusNames(dependencies: StatusNamesDependencies) {
  const { status, clock, most = mostHashes } = dependencies
  let known = new Map<number, KnownSlice>()
  /** Bans at the last reading. */
  let count = 0

  return {
    async read(): Promise<BannedNow> {
      const now = clock()
      const from = Math.floor((now - statusListMemory * 1000) / slice)
      const slices = await sliced(status, { from: from * slice, now }, count)
      count = slices.reduce((sum, of) => sum + of.count, 0)
      const settled = Math.floor((now - unsettled) / slice)
      const isCurrent = (of: BanSlice) => of.slice < settled && known.get(of.slice)?.mark === of.mark
      const next = new Map(
        slices.filter(isCurrent).map((of) => [of.slice, known.get(of.slice) as KnownSlice]),
      )
      for (const batch of batches(slices.filter((of) => !isCurrent(of)))) {
        for (const [number, read] of await readBatch(batch, now, dependencies)) next.set(number, read)
        await setImmediate()
      }
      known = next
      const newestFirst = [...next].sort(([a], [b]) => b - a)
      return bannedBy(
        newestFirst.map(([, of]) => of),
        most,
      )
    },
  }
}

/** By names if there are few enough, whichever slices they are in. */
async function bannedBy(newestFirst: readonly KnownSlice[], most: number): Promise<BannedNow> {
  const names = new Map<string, ListedName>()
  let areListed = true
  const taken: BigUint64Array[] = []
  let [hashes, count, leftOut] = [0, 0, 0]
  for (const of of newestFirst) {
    if (hashes + of.prefixes.length > most) {
      leftOut += of.count
      continue
    }
    hashes += of.prefixes.length
    count += of.count
    taken.push(of.prefixes)
    areListed &&= of.names !== undefined
    if (areListed) for (const name of of.names ?? []) addName(names, name)
    areListed &&= names.size <= mostListedNames
  }
  if (areListed && leftOut === 0)
    return { names: [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name) }
  return { prefixes: await mergePrefixes(taken), count, leftOut }
}

/** A name that was stated and has been derived as well counts as derived. */
function addName(names: Map<string, ListedName>, name: ListedName): void {
  const key = bannedOfApp(name.app, name.installation)
  if (name.isDerived || !names.has(key)) names.set(key, name)
}

/** Counts in as many parts as there are likely to be bans for, so that others are served in between. */
async function sliced(
  status: Pick<StatusStore, 'banSlices'>,
  { from, now }: { from: number; now: number },
  likely: number,
): Promise<BanSlice[]> {
  const parts = Math.max(1, Math.ceil(likely / bansPerCount))
  const length = slice * Math.ceil((now - from) / slice / parts)
  const found: BanSlice[] = []
  for (let part = 0; part < parts; part++) {
    const begin = from + part * length
    // Clocks of other nodes may be ahead.
    const until = part + 1 === parts ? Number.MAX_SAFE_INTEGER : begin + length
    found.push(...(await status.banSlices({ from: begin, until, now }, slice)))
    if (parts > 1) await setImmediate()
  }
  return found
}

/** Neighbours among them, as many as are read in one go. */
function batches(slices: readonly BanSlice[]): BanSlice[][] {
  const found: BanSlice[][] = []
  let count = Infinity
  for (const of of slices) {
    const last = found.at(-1)?.at(-1)
    if (last === undefined || last.slice + 1 !== of.slice || count + of.count > bansPerRead) {
      found.push([])
      count = 0
    }
    found.at(-1)?.push(of)
    count += of.count
  }
  return found
}

async function readBatch(
  slices: readonly BanSlice[],
  now: number,
  { status, apps, audience, pseudonymOf }: StatusNamesDependencies,
): Promise<[number, KnownSlice][]> {
  const [first, last] = [slices[0], slices.at(-1)] as [BanSlice, BanSlice]
  const range: BanRange = {
    from: first.slice * slice,
    until: (last.slice + 1) * slice,
    now,
    reach: statusListMemory * 1000,
  }
  const names = new Map(slices.map((of) => [of.slice, new Map<string, ListedName>()]))
  const add = (since: number, name: ListedName) => {
    const of = names.get(Math.floor(since / slice))
    if (of !== undefined) addName(of, name)
  }
  for (const { app, thumbprint, since } of await status.banned(apps, range))
    add(since, { app, installation: pseudonymOf(app, thumbprint), isDerived: true })
  for (const { app, name, since } of await status.bannedNames(apps, audience, range))
    add(since, { app, installation: name, isDerived: false })
  return slices.map(({ slice: number, mark }) => [
    number,
    { mark, ...knownBy(names.get(number) as Map<string, ListedName>) },
  ])
}

function knownBy(names: ReadonlyMap<string, ListedName>): Omit<KnownSlice, 'mark'> {
  const derived = [...names.values()].filter(({ isDerived }) => isDerived)
  const forms = [...names.keys(), ...derived.map(({ installation }) => installation)]
  return {
    count: names.size,
    prefixes: BigUint64Array.from(forms, prefixOf).sort(),
    names: names.size > mostListedNames ? undefined : [...names.values()],
  }
}

function prefixOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigUInt64BE()
}
