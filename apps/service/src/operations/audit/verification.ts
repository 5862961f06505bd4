import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, AuditFault, AuditVerification } from '@assay/protocol/schemas'
import type { Clock } from '../../system/ports.ts'
import { auditHash, brokenAction, noEntry, type AuditHead, type AuditStore, type KnownHead } from './ports.ts'

/** Entries that are read and hashed in one go: each may have 128 kB. */
const perTick = 8
/** Entries of a run for which a request waits: the answer of a longer one says how far it is. */
const patience = 4_000
/** API keys that are read in one go. */
const keysPerTick = 500
/** API keys that an answer names. */
const mostKeys = 100
/** How often the API keys are read again, because acts have happened meanwhile. */
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
  /** The first entry by which the service recorded that it found the log broken. */
  broken: AuditFault | undefined
}

interface VerificationOptions {
  audit: Pick<AuditStore, 'after' | 'head' | 'sealsOf' | 'isGenuine' | 'seen' | 'isInUse' | 'keys'>
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
        if (isBreak) of.broken ??= { number, reason: 'broken' }
        of.last = { number, hash }
      }
      left -= perTick
      if (left <= 0) onFar()
      if (entries.length < perTick || isClosed) return
      await setImmediate()
    }
  }
  /** Holds the API keys against the log. Where acts happen all the time, a later run does it. */
  const compareKeys = async (of: Run): Promise<string[]> => {
    for (let attempt = 0; attempt < keyAttempts; attempt += 1) {
      const unseen = new Set(of.keys)
      const added: string[] = []
      for (let after = ''; ;) {
        const keys = await audit.keys(after, keysPerTick)
        for (const { id, isGenuine } of keys) if (!unseen.delete(id) || !isGenuine) added.push(id)
        after = keys.at(-1)?.id ?? ''
        if (keys.length < keysPerTick || isClosed) break
        await setImmediate()
      }
      if (isClosed) break
      // An act in the meantime may have added or removed one.
      if (((await audit.head())?.number ?? 0) === of.last.number)
        return [...added, ...unseen].slice(0, mostKeys)
      await follow(of, () => undefined)
      if (of.fault !== undefined) break
    }
    return []
  }
  const begin = (of: Run) => {
    const before = run
    run = of
    let onFar = () => {}
    const isFar = new Promise<void>((resolve) => (onFar = resolve))
    const done = follow(of, onFar)
      .then(async () => {
        if (of.endedAt === undefined && of.fault === undefined) of.otherKeys = await compareKeys(of)
        const fault = of.fault ?? of.broken ?? faultOfKeys(of)
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
        faultOfKeys(found) ??
        null
      return {
        ok: fault === null,
        head: last,
        fault,
        other_keys: [...found.otherKeys],
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

const faultOfKeys = ({ otherKeys }: Run): AuditFault | undefined =>
  otherKeys.length === 0 ? undefined : { number: 0, reason: 'keys' }

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
