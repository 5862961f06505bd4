import { createHmac, createSecretKey } from 'node:crypto'
import { setImmediate as othersFirst } from 'node:timers/promises'
import type { Clock } from '../../system/ports.ts'
import { noneYet, sketchOf, withMember, type Distinct } from './distinct.ts'
import {
  mostUserCounts,
  otherValues,
  type UserCount,
  type UserDimension,
  type UserKey,
  type UserStore,
} from './ports.ts'
import { largestOf, restOf, sizeOf, united } from './user-count.ts'

export const hourLength = 3_600_000

/** Members that wait to be written, in all counts together; beyond that, only their sketch does. */
const mostWaiting = 200_000
/** Counts that one write unites with those in the store. */
const countsPerWrite = 25
/** Longest value that is counted by itself. */
const longestValue = 128

/** An attestation as its installation is counted. */
export interface CountedUser {
  app: string
  /** Thumbprint of the installation key, whose possession the sender has proved. */
  installation: string
  outcome: 'passed' | 'refused'
  build: string
  osVersion: string
  tier: string
  code: string
}

export type UserCounts = ReturnType<typeof createUserCounts>

interface UserCountOptions {
  store: Pick<UserStore, 'add'>
  /** 32 bytes, the same on every node. */
  secret: Uint8Array
  clock: Clock
}

/** Counts of one app within one hour, by dimension, value and code. */
interface AppHour {
  app: string
  hour: number
  counts: Map<string, UserCount>
}

/**
 * Counts different installations in memory, and unites the counts with those in the store each minute. A member is a
 * keyed digest of the installation key: nobody can choose keys that make a sketch count too many, and the store does
 * not say which installations there were. No attestation waits: it is only kept, and counted when it is answered.
 */
export function createUserCounts({ store, secret, clock }: UserCountOptions) {
  const key = createSecretKey(secret)
  const memberOf = ({ app, installation }: CountedUser): number =>
    createHmac('sha256', key).update(`assay/user/1\0${app}\0${installation}`).digest().readUIntBE(0, 6)
  let recent: (CountedUser & { at: number })[] = []
  let hours = new Map<string, AppHour>()
  let waiting = 0
  let writing: Promise<void> = Promise.resolve()

  const appHour = (app: string, hour: number): AppHour => {
    const name = `${hour}\n${app}`
    const known = hours.get(name) ?? { app, hour, counts: new Map() }
    hours.set(name, known)
    return known
  }
  const addMember = (count: UserCount, outcome: CountedUser['outcome'], member: number): void => {
    const before = heldBy(count[outcome])
    count[outcome] = withMember(count[outcome], member)
    waiting += heldBy(count[outcome]) - before
    if (waiting < mostWaiting) return
    waiting -= heldBy(count[outcome])
    count[outcome] = sketchOf(count[outcome])
  }
  const countRecent = (): void => {
    const batch = recent
    recent = []
    for (const user of batch) {
      const { counts } = appHour(user.app, user.at - (user.at % hourLength))
      const member = memberOf(user)
      for (const of of keysOf(user)) {
        const name = nameOf(of)
        let count = counts.get(name)
        if (count === undefined) {
          count = { ...of, passed: noneYet(), refused: noneYet() }
          counts.set(name, count)
        }
        addMember(count, user.outcome, member)
      }
      if (counts.size >= 2 * mostUserCounts) keepLargest(counts)
    }
  }
  const takeBack = ({ app, hour, counts }: AppHour): void => {
    const now = appHour(app, hour).counts
    for (const [name, count] of counts) {
      const known = now.get(name)
      now.set(name, known === undefined ? count : united(known, count))
      waiting += heldBy(count.passed) + heldBy(count.refused)
    }
  }
  const write = async (): Promise<void> => {
    countRecent()
    const batch = [...hours.values()]
    hours = new Map()
    waiting = 0
    try {
      for (let next = batch[0]; next !== undefined; next = batch[0]) {
        const counts = [...next.counts].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))
        for (let some = counts.splice(0, countsPerWrite); some.length > 0;) {
          await store.add(
            next.app,
            next.hour,
            some.map(([, count]) => count),
          )
          for (const [name] of some) next.counts.delete(name)
          some = counts.splice(0, countsPerWrite)
          await othersFirst()
        }
        batch.shift()
      }
    } catch (error) {
      // What could not be written is written with the next batch.
      for (const of of batch) takeBack(of)
      throw error
    }
  }

  return {
    count(user: CountedUser): void {
      if (recent.length === 0) setImmediate(countRecent)
      recent.push({ ...user, at: clock() })
    },
    /** Writes the counts so far. */
    flush(): Promise<void> {
      writing = writing.catch(() => undefined).then(write)
      return writing
    },
  }
}

/** One count for each dimension. */
function keysOf({ build, osVersion, tier, code }: CountedUser) {
  const one = (dimension: UserDimension, value: string, of = '') =>
    value.length > longestValue || value.includes(otherValues)
      ? { dimension, value: otherValues, code: of && otherValues }
      : { dimension, value, code: of }
  return [
    one('app', ''),
    one('build', build),
    one('os_version', osVersion),
    one('tier', tier),
    one('code', code),
    ...(code === '' ? [] : [one('build_code', build, code)]),
  ]
}

const nameOf = ({ dimension, value, code }: UserKey): string => `${dimension}\n${value}\n${code}`

/** Members that it holds in memory. */
const heldBy = (distinct: Distinct): number => (distinct.kind === 'members' ? distinct.members.size : 0)

/** Leaves the largest counts, and unites the others of each dimension. */
function keepLargest(counts: Map<string, UserCount>): void {
  const named = [...counts.values()].filter(
    ({ dimension, value }) => dimension !== 'app' && value !== otherValues,
  )
  const ordered = named.sort((a, b) => sizeOf(b) - sizeOf(a))
  const kept = new Set(largestOf(ordered, mostUserCounts))
  for (const count of ordered.filter((one) => !kept.has(one))) {
    counts.delete(nameOf(count))
    const rest = restOf(count)
    const into = nameOf(rest)
    const known = counts.get(into)
    counts.set(into, known === undefined ? { ...count, ...rest } : united(known, count))
  }
}
