import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, AuditFault, AuditVerification } from '@assay/protocol/schemas'
import type { Clock } from '../../system/ports.ts'
import {
  allowActions,
  auditHash,
  brokenAction,
  idPutBy,
  noEntry,
  type AllowedRow,
  type AuditHead,
  type AuditStore,
  type KnownHead,
} from './ports.ts'

/** Entries that are read and hashed in one go: each may have 128 kB. */
const perTick = 8
/** Entries of a run for which a request waits: the answer of a longer one says how far it is. */
const patience = 4_000
/** Rows that are read in one go. */
const keysPerTick = 500
/** Rows of a kind that an answer names. */
const mostKeys = 100
/** How often the rows are read again, because acts have happened meanwhile. */
const keyAttempts = 3
/** Milliseconds between the beginnings of two runs over all entries, whoever asks. */
const runEvery = 3_600_000

/** A run over all entries, from the first to the last that there was; later ones are verified as they are asked for. */
interface Run {
  readonly beganAt: number
  endedAt: number | undefined
  /** The last entry that was verified. */
  last: KnownHead
  fault: AuditFault | undefined
  /** The ids of API keys that are not those of the log. */
  otherKeys: readonly string[]
  /** API keys that entries have added and not removed. */
  readonly keys: Set<string>
  /** Devices on the allow list that are not those of the log, by name. */
  otherAllowed: readonly string[]
  /** The ids of devices that entries have put on the allow list and not taken off, by name. */
  readonly allowed: Map<string, string>
  /** The first entry by which the service recorded that it found the log broken. */
  broken: AuditFault | undefined
}

interface VerificationOptions {
  audit: Pick<
    AuditStore,
    'after' | 'head' | 'sealsOf' | 'isGenuine' | 'seen' | 'isInUse' | 'keys' | 'allowed'
  >
  clock: Clock
  /** Called with what is found wrong. */
  onFault: (fault: AuditFault) => void
}

/**
 * Verifies the log for everybody who asks at the same time. A run over all entries takes as long as the log is, and
 * anybody with a key may ask: there is one at a time, at most once an hour, in slices between which others are served.
 * In between only what has been added since is verified, and the end of the log.
 */
export function createAuditVerification({ audit, clock, onFault }: VerificationOptions) {
  let run: Run | undefined
  /** What is under way, and what those wait for who want to know how far it is. */
  let work: { readonly done: Promise<void>; readonly isFar: Promise<void> } | undefined
  let isClosed = false

  /** Follows the chain from the last entry that was verified to the end of the log. */
  const follow = async (of: Run, onFar: () => void) => {
    let left = patience
    for (;;) {
      const entries = await audit.after(of.last.number, perTick)
      for (const entry of entries) {
        const { number, hash } = entry
        const isGenuine = hash === auditHash(entry) && audit.isGenuine(entry)
        // It follows whatever was there.
        const isBreak = isGenuine && entry.action === brokenAction
        const reason = isBreak ? undefined : faultOf(entry, of.last, isGenuine)
        if (reason !== undefined) {
          of.fault = { number, reason }
          return
        }
        if (entry.action === 'key.add') of.keys.add(entry.object)
        if (entry.action === 'key.remove') of.keys.delete(entry.object)
        noteAllowed(of.allowed, entry)
        if (isBreak) of.broken ??= { number, reason: 'broken' }
        of.last = { number, hash }
      }
      left -= perTick
      if (left <= 0) onFar()
      if (entries.length < perTick || isClosed) return
      await setImmediate()
    }
  }
  const otherKeys = async (of: Run): Promise<string[]> => {
    const unseen = new Set(of.keys)
    const added: string[] = []
    for (let after = ''; ;) {
      const keys = await audit.keys(after, keysPerTick)
      for (const { id, isGenuine } of keys) if (!unseen.delete(id) || !isGenuine) added.push(id)
      after = keys.at(-1)?.id ?? ''
      if (keys.length < keysPerTick || isClosed) return [...added, ...unseen]
      await setImmediate()
    }
  }
  /** One that is gone lets nobody in, and is no fault: those that have ended are removed without an entry. */
  const otherAllowed = async (of: Run): Promise<string[]> => {
    const added: string[] = []
    for (let after: AllowedRow | undefined; ;) {
      const rows = await audit.allowed(after, keysPerTick)
      for (const { name, id, isGenuine } of rows)
        if (!isGenuine || of.allowed.get(name) !== id) added.push(name)
      after = rows.at(-1)
      if (rows.length < keysPerTick || isClosed) return added
      await setImmediate()
    }
  }
  /** Holds the rows that let somebody in against the log. Where acts happen all the time, a later run does it. */
  const compareRows = async (of: Run): Promise<void> => {
    for (let attempt = 0; attempt < keyAttempts; attempt += 1) {
      const [keys, allowed] = [await otherKeys(of), await otherAllowed(of)]
      if (isClosed) return
      // An act in the meantime may have added or removed one.
      if (((await audit.head())?.number ?? 0) === of.last.number) {
        of.otherKeys = keys.slice(0, mostKeys)
        of.otherAllowed = allowed.slice(0, mostKeys)
        return
      }
      await follow(of, () => undefined)
      if (of.fault !== undefined) return
    }
  }
  const begin = (of: Run) => {
    const before = run
    run = of
    let onFar = () => {}
    const isFar = new Promise<void>((resolve) => (onFar = resolve))
    const done = follow(of, onFar)
      .then(async () => {
        if (of.endedAt === undefined && of.fault === undefined) await compareRows(of)
        const fault = of.fault ?? of.broken ?? faultOfRows(of)
        if (fault !== undefined) onFault(fault)
        if (!isClosed) of.endedAt ??= clock()
      })
      .catch((error: unknown) => {
        // Nothing is known by it.
        run = before
        throw error
      })
      .finally(() => {
        work = undefined
      })
    // Whoever waits hears of it.
    done.catch(() => undefined)
    work = { done, isFar }
    return work
  }
  const isDue = ({ beganAt, endedAt }: Run) =>
    endedAt !== undefined && Math.abs(clock() - beganAt) >= runEvery
  const beginAnew = () =>
    begin({
      ...{ beganAt: clock(), endedAt: undefined, last: noEntry, keys: new Set<string>() },
      ...{ fault: undefined, broken: undefined, otherKeys: [] },
      ...{ allowed: new Map<string, string>(), otherAllowed: [] },
    })

  /** What is known when as much was verified as a request waits for. */
  const current = async (head: AuditHead): Promise<Run> => {
    if (work === undefined && (run === undefined || isDue(run))) beginAnew()
    if (work !== undefined) await Promise.race([work.done, work.isFar])
    // What was under way may have begun before the last acts.
    const ended = run
    if (ended?.endedAt !== undefined && ended.fault === undefined && ended.last.number < head.number)
      await (work ?? begin(ended)).done
    return run as Run
  }
  /** Whether another entry is there, or none where the log has come to its end. */
  const isOther = async ({ number, hash }: KnownHead, { last, endedAt }: Run): Promise<boolean> => {
    if (number === 0) return false
    if (number > last.number) return endedAt !== undefined
    const seals = await audit.sealsOf(number)
    return seals?.hash !== hash && seals?.mac !== hash
  }
  const faultOfHead = async (head: AuditHead | undefined, found: Run): Promise<AuditFault | undefined> => {
    if (head !== undefined) return endFault(found, head, (await audit.head()) ?? head)
    if (!(await audit.isInUse())) return undefined
    const [first] = await audit.after(0, 1)
    return { number: 0, reason: first === undefined ? 'empty' : 'seal' }
  }

  return {
    /**
     * Detects any change of the log, and reports for ever what the service has found at its end. If an older log has
     * replaced the whole log, the head that somebody kept reveals it, or the one that this node saw last.
     */
    async verify(known?: KnownHead): Promise<AuditVerification> {
      const seen = audit.seen()
      const stored = await audit.head()
      const head = stored ?? { ...noEntry, isSealed: true }
      const found = await current(head)
      const { last, beganAt, endedAt } = found
      const otherIf = async (one: KnownHead | undefined, reason: AuditFault['reason']) =>
        one !== undefined && (await isOther(one, found)) ? { number: one.number, reason } : undefined
      const fault =
        found.fault ??
        (await faultOfHead(stored, found)) ??
        (await otherIf(known, 'head')) ??
        (await otherIf(seen, 'undercut')) ??
        found.broken ??
        faultOfRows(found) ??
        null
      return {
        ok: fault === null,
        head: last,
        fault,
        other_keys: [...found.otherKeys],
        other_allowed: [...found.otherAllowed],
        run: {
          began_at: new Date(beganAt).toISOString(),
          ended_at: endedAt === undefined ? null : new Date(endedAt).toISOString(),
          entries: Math.max(head.number, last.number),
        },
      }
    },
    /** A run over all entries, unless one is under way; with the signal it ends where it is. */
    async runAll(signal: AbortSignal): Promise<void> {
      signal.addEventListener('abort', () => (isClosed = true), { once: true })
      await (work ?? beginAnew()).done
    },
    /** Ends what is under way, for good. */
    async close(): Promise<void> {
      isClosed = true
      await work?.done.catch(() => undefined)
    },
  }
}

function faultOfRows({ otherKeys, otherAllowed }: Run): AuditFault | undefined {
  if (otherKeys.length > 0) return { number: 0, reason: 'keys' }
  return otherAllowed.length > 0 ? { number: 0, reason: 'allowed' } : undefined
}

/** A device that an entry puts on the allow list takes the place of one of the same name. */
function noteAllowed(allowed: Map<string, string>, entry: AuditEntry): void {
  const id = idPutBy(entry)
  if (id !== undefined) allowed.set(entry.object, id)
  else if (entry.action === allowActions.removed) allowed.delete(entry.object)
  else if (entry.action === 'app.remove')
    for (const name of allowed.keys()) if (name.startsWith(`${entry.object}/`)) allowed.delete(name)
}

function faultOf(entry: AuditEntry, last: KnownHead, isGenuine: boolean): AuditFault['reason'] | undefined {
  if (entry.number !== last.number + 1) return 'gap'
  if (entry.previous !== last.hash || entry.hash !== auditHash(entry)) return 'edited'
  return isGenuine ? undefined : 'mac'
}

/** An act that happens while the chain is followed makes it longer than the head that was read before. */
function endFault({ last, endedAt }: Run, before: AuditHead, after: AuditHead): AuditFault | undefined {
  for (const { number, isSealed } of [before, after]) if (!isSealed) return { number, reason: 'seal' }
  if (endedAt === undefined) return undefined
  const isCut = last.number < before.number || (last.number === before.number && last.hash !== before.hash)
  if (isCut) return { number: before.number, reason: 'end' }
  return last.number > after.number ? { number: after.number + 1, reason: 'end' } : undefined
}
