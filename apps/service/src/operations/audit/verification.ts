import { setImmediate } from 'node:timers/promises'
import type { AuditEntry, AuditFault, AuditVerification } from '@assay/protocol/schemas'
import type { Clock } from '../../system/ports.ts'
import { auditHash, noEntry, type AuditHead, type AuditStore } from './ports.ts'

/** Entries that are read and hashed in one go: each may have 128 kB. */
const perTick = 8
/** Entries of a run for which a request waits: the answer of a longer one says how far it is. */
const patience = 4_000
/** Milliseconds between the beginnings of two runs over all entries, whoever asks. */
const runEvery = 3_600_000

/** The last entry, as somebody has kept it elsewhere. */
export type KnownHead = AuditVerification['head']

/** A run over all entries, from the first to the last that there was; later ones are verified as they are asked for. */
interface Run {
  readonly beganAt: number
  endedAt: number | undefined
  /** The last entry that was verified. */
  last: KnownHead
  fault: AuditFault | undefined
}

interface VerificationOptions {
  audit: Pick<AuditStore, 'after' | 'head' | 'hashOf'>
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
        const reason = faultOf(entry, of.last)
        if (reason !== undefined) {
          of.fault = { number: entry.number, reason }
          return
        }
        of.last = { number: entry.number, hash: entry.hash }
      }
      left -= perTick
      if (left <= 0) onFar()
      if (entries.length < perTick || isClosed) return
      await setImmediate()
    }
  }
  const begin = (of: Run) => {
    const before = run
    run = of
    let onFar = () => {}
    const isFar = new Promise<void>((resolve) => (onFar = resolve))
    const done = follow(of, onFar)
      .then(() => {
        if (of.fault !== undefined) onFault(of.fault)
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
  const beginAnew = () => begin({ beganAt: clock(), endedAt: undefined, last: noEntry, fault: undefined })

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
  const isOther = async ({ number, hash }: KnownHead, { last }: Run) =>
    number > 0 && number <= last.number && (await audit.hashOf(number)) !== hash

  return {
    /**
     * Detects any change of the log. If an older log has replaced the whole log, the head that somebody kept reveals
     * it.
     */
    async verify(known?: KnownHead): Promise<AuditVerification> {
      const head = (await audit.head()) ?? { ...noEntry, isSealed: true }
      const found = await current(head)
      const { last, beganAt, endedAt } = found
      const isKnownOther = known !== undefined && (await isOther(known, found))
      const fault =
        found.fault ??
        (isKnownOther ? { number: known.number, reason: 'head' as const } : undefined) ??
        endFault(found, head, known)
      return {
        ok: fault === null,
        head: last,
        fault,
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

function faultOf(entry: AuditEntry, last: KnownHead) {
  if (entry.number !== last.number + 1) return 'gap'
  return entry.previous !== last.hash || entry.hash !== auditHash(entry) ? 'edited' : undefined
}

/** An act that happens while the chain is followed makes it longer than the head that was read before. */
function endFault({ last, endedAt }: Run, head: AuditHead, known: KnownHead | undefined): AuditFault | null {
  if (!head.isSealed) return { number: head.number, reason: 'seal' }
  if (endedAt === undefined) return null
  const isCut = last.number < head.number || (last.number === head.number && last.hash !== head.hash)
  if (isCut) return { number: head.number, reason: 'end' }
  return known !== undefined && known.number > last.number ? { number: known.number, reason: 'head' } : null
}
