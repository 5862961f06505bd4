import { createHmac, createSecretKey } from 'node:crypto'
import type { Clock } from '../../system/ports.ts'

/** A build, or one version of a system with it (`osVersion` is empty for the build as a whole). */
export interface BuildName {
  app: string
  build: string
  osVersion: string
}

/** A sender that was refused: a hardware key that vouches for it, as a keyed digest of 48 bits. */
export interface ProvedRefusal extends BuildName {
  sender: number
  /** Milliseconds since 1970. */
  at: number
}

/** Different senders that were refused since the build, or the system with it, last passed. */
export interface RefusedBuild extends BuildName {
  senders: number
}

export interface ProvedRefusalStore {
  /** Of installations of an app, by thumbprint, the hardware key that vouches for each: those without one are left out. */
  vouching(app: string, thumbprints: readonly string[]): Promise<ReadonlyMap<string, string>>
  add(refusals: readonly ProvedRefusal[]): Promise<void>
  /** Removes the refusals of this name up to this time. */
  clear(name: BuildName, until: number): Promise<void>
  prune(before: number): Promise<void>
  /** Those with most senders first. */
  counts(limit: number): Promise<RefusedBuild[]>
}

/** How an attestation of a registered build ended, whose sender has proved possession of the installation key. */
export interface EndedAttestation {
  app: string
  build: string
  outcome: 'passed' | 'refused'
  code: string
  osVersion: string
  installation: string
  /** The hardware key that vouched in this exchange, or in an earlier one of the installation; undefined: not known yet. */
  vouchedBy: string | undefined
}

/** The operator has decided these: nobody needs to be woken. */
const decided: ReadonlySet<string> = new Set(['INSTALLATION_BANNED', 'VOUCHING_KEY_BANNED'])

/** Milliseconds for which a refusal counts. */
const lasts = 3_600_000
/** Milliseconds after which numbers that could not be read again are no longer shown. */
const shownFor = 300_000
/** Refusals between two writes: of one build, and of all whose senders are looked up. Further ones would say nothing new. */
const most = { ofBuild: 100, lookedUp: 20_000, names: 5_000 }
/** Installations that one statement looks up. */
const perLookup = 500
/** Names whose numbers are read. */
const mostCounted = 400
/** Senders of a name beyond which no more are written. */
const plenty = 200
/** A version is anybody's word: it becomes a label only once so many senders have stated it. */
const leastOfSystem = 20

const nameOf = ({ app, build, osVersion }: BuildName): string => `${app}\n${build}\n${osVersion}`

export type RefusedBuilds = ReturnType<typeof createRefusedBuilds>

/**
 * Counts, for each build and for each version of a system with it, the different senders that were refused since
 * anybody last passed. Only hardware keys count: a stranger with any number of installation keys, networks or made-up
 * versions is nobody, and one phone is one sender. All nodes share the counts through the database.
 */
export function createRefusedBuilds({
  store,
  secret,
  clock,
}: {
  store: ProvedRefusalStore
  /** 32 bytes, the same on every node. */
  secret: Uint8Array
  clock: Clock
}) {
  const key = createSecretKey(secret)
  const senderOf = (app: string, vouchedBy: string): number =>
    createHmac('sha256', key).update(`assay/refused/1\0${app}\0${vouchedBy}`).digest().readUIntBE(0, 6)
  type Waiting = EndedAttestation & { at: number }
  let proved: Waiting[] = []
  let unproved = new Map<string, Waiting>()
  let ofBuild = new Map<string, number>()
  let passed = new Map<string, number>()
  let measured: { at: number; builds: readonly RefusedBuild[] } = { at: -Infinity, builds: [] }
  /** Systems of which some device was refused: it matters whether another one passes. */
  let watched = new Set<string>()
  let running: Promise<void> = Promise.resolve()

  const pass = (name: BuildName, at: number) => {
    if (passed.size < most.names || passed.has(nameOf(name))) passed.set(nameOf(name), at)
  }
  const refuse = (ended: Waiting) => {
    const build = nameOf({ ...ended, osVersion: '' })
    if (watched.size < most.names) watched.add(nameOf(ended))
    if (ended.vouchedBy === undefined) {
      if (unproved.size < most.lookedUp) unproved.set(`${ended.app}\n${ended.installation}`, ended)
      return
    }
    const before = ofBuild.get(build) ?? 0
    ofBuild.set(build, before + 1)
    if (before < most.ofBuild) proved.push(ended)
  }
  /** Those of the others whom hardware has vouched for before: whatever was refused early shows no evidence. */
  const known = async (waiting: readonly Waiting[]): Promise<Waiting[]> => {
    const found: Waiting[] = []
    for (const app of new Set(waiting.map((one) => one.app))) {
      const ofApp = waiting.filter((one) => one.app === app)
      for (let i = 0; i < ofApp.length; i += perLookup) {
        const some = ofApp.slice(i, i + perLookup)
        const vouching = await store.vouching(
          app,
          some.map(({ installation }) => installation),
        )
        for (const one of some) {
          const vouchedBy = vouching.get(one.installation)
          if (vouchedBy !== undefined) found.push({ ...one, vouchedBy })
        }
      }
    }
    return found
  }
  const namesOf = ({ app, build, osVersion }: Waiting, systems: ReadonlySet<string>): BuildName[] => {
    const names = [{ app, build, osVersion: '' }]
    if (osVersion !== '' && systems.has(nameOf({ app, build, osVersion })))
      names.push({ app, build, osVersion })
    return names
  }
  const write = async (): Promise<void> => {
    const now = clock()
    const [refusals, others, passes, systems] = [proved, [...unproved.values()], passed, watched]
    proved = []
    unproved = new Map()
    ofBuild = new Map()
    passed = new Map()
    const isFull = new Set(measured.builds.filter(({ senders }) => senders >= plenty).map(nameOf))
    const rows = [...refusals, ...(await known(others))].flatMap((one) =>
      namesOf(one, systems)
        .filter((name) => !isFull.has(nameOf(name)) && one.at > (passes.get(nameOf(name)) ?? -Infinity))
        .map((name) => ({
          ...name,
          sender: senderOf(one.app, one.vouchedBy as string),
          at: one.at,
        })),
    )
    if (rows.length > 0) await store.add(rows)
    await store.prune(now - lasts)
    let builds = await store.counts(mostCounted)
    const over = builds.filter((name) => passes.has(nameOf(name)))
    for (const name of over) await store.clear(name, passes.get(nameOf(name)) as number)
    if (over.length > 0) builds = await store.counts(mostCounted)
    measured = { at: now, builds }
    watched = new Set(builds.map(nameOf))
  }

  return {
    count({ ...ended }: EndedAttestation): void {
      if (ended.build === '') return
      const at = clock()
      if (ended.outcome === 'refused') {
        if (!decided.has(ended.code)) refuse({ ...ended, at })
        return
      }
      pass({ ...ended, osVersion: '' }, at)
      if (watched.has(nameOf(ended))) pass(ended, at)
    },
    /** Writes what was counted, and reads what all nodes have. What could not be written is lost: more of it comes. */
    flush(): Promise<void> {
      running = running.catch(() => undefined).then(write)
      return running
    },
    /** For the metrics: builds as a whole, and systems that enough senders state. */
    measured: (): readonly RefusedBuild[] =>
      clock() - measured.at > shownFor
        ? []
        : measured.builds.filter(({ osVersion, senders }) => osVersion === '' || senders >= leastOfSystem),
  }
}
