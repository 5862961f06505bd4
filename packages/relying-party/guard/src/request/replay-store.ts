import type { Tier } from '@assay/protocol'
import {
  answeredWithin,
  asBoolean,
  type Eventually,
  GuardMalfunction,
  isPromiseLike,
} from '../faults/malfunction.ts'
import { functionOf, knownMembers, numberWithin } from '../faults/misuse.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import type { GuardRequest } from './fields.ts'

/** Remembers proofs, so that each is used only once. */
export interface ReplayStore {
  /** Whether all nodes of the API share the store. If not, a proof is valid once per node. */
  readonly shared: boolean
  /**
   * Adds `key` (printable ASCII, at most 172 characters) and says whether it was new, in one atomic step. It must be
   * remembered until `expiresAt` (Unix seconds). A store that cannot do so throws or rejects: it must never forget or
   * guess.
   *
   * A store that limits the share of one key answers `share_spent` for a proof that it has not taken; the guard then
   * answers 429 to that key only. A store that has not remembered everything since `holder.usableFrom`, because it was
   * emptied or failed over, answers `forgotten`; the guard then refuses the proof as too old.
   *
   * The guard always gives `request`, the object that was given to `verify`.
   */
  addIfAbsent(
    key: string,
    expiresAt: number,
    holder: ProofHolder,
    request?: GuardRequest,
  ): Eventually<ReplayAnswer>
}

/** Whose proof it is. */
export interface ProofHolder {
  /** Thumbprint of the installation key. */
  readonly jkt: string
  readonly tier: Tier
  /** Unix seconds, by the guard's clock: before then no guard with the same settings accepts the proof. */
  readonly usableFrom: number
}

export type ReplayAnswer = boolean | 'share_spent' | 'forgotten'

/** Seconds of expiry that share a slice. Whole slices are dropped, so no search for old entries is needed. */
const sliceWidth = 16
/**
 * The part of the free space that one key may hold. So keys that take as much as they can still leave room, however
 * many they are.
 */
const largestShare = 1 / 10
/** Part of the capacity reserved for tokens of the tier `affirming`. */
const reserve = 1 / 4

export interface MemoryReplaySettings {
  /** Unix milliseconds. */
  clock: () => number
  /** Maximum number of proofs, about 250 bytes each. 1 to 10,000,000; default 100,000. */
  capacity?: number
}

/**
 * A {@link ReplayStore} for one process. Capacity should be the number of requests in `proofMaxAge + 3 *
 * clockTolerance` seconds. One key may hold at most a tenth of the free space, and a quarter of the capacity is
 * reserved for `affirming` tokens. When full it fails, and the guard answers 503.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createMemoryReplayStore(settings: MemoryReplaySettings): ReplayStore {
  const known: Record<keyof MemoryReplaySettings, true> = { clock: true, capacity: true }
  knownMembers('createMemoryReplayStore', settings, known)
  const bounds = { least: 1, most: 10_000_000, otherwise: 100_000 }
  return new MemoryReplayStore({
    clock: functionOf('clock', settings.clock),
    capacity: numberWithin('capacity', settings.capacity, bounds),
  })
}

interface Slice {
  readonly keys: Set<string>
  /** Number of proofs of each holder. */
  readonly held: Map<string, number>
}

/** Exact on one process. When full it fails: it never forgets a proof that could pass again. */
export class MemoryReplayStore implements ReplayStore {
  readonly shared = false
  readonly #clock: () => number
  readonly #capacity: number
  readonly #capacityBelowReserve: number
  /** By the slice of their expiry. */
  readonly #slices = new Map<number, Slice>()
  /** Number of proofs of each holder in all slices. */
  readonly #held = new Map<string, number>()
  #size = 0
  /** Every slice before this one has been dropped. */
  #firstKept = -Infinity

  constructor({ clock, capacity }: Required<MemoryReplaySettings>) {
    this.#clock = clock
    this.#capacity = capacity
    this.#capacityBelowReserve = capacity - Math.floor(capacity * reserve)
  }

  addIfAbsent(key: string, expiresAt: number, { jkt, tier }: ProofHolder): ReplayAnswer {
    this.#dropExpired()
    const at = sliceOf(expiresAt)
    // Only a clock that was set back leads here. Forgotten proofs cannot be distinguished from new ones.
    if (at < this.#firstKept) throw new GuardMalfunction('REPLAY_STORE_FAILED')
    for (const { keys } of this.#slices.values()) if (keys.has(key)) return false
    const free = (tier === 'affirming' ? this.#capacity : this.#capacityBelowReserve) - this.#size
    if (free <= 0) throw new GuardMalfunction('REPLAY_STORE_FULL')
    const held = this.#held.get(jkt) ?? 0
    if (held > 0 && held >= free * largestShare) return 'share_spent'
    const slice = this.#sliceAt(at)
    slice.keys.add(key)
    slice.held.set(jkt, (slice.held.get(jkt) ?? 0) + 1)
    this.#held.set(jkt, held + 1)
    this.#size++
    return true
  }

  get size(): number {
    return this.#size
  }

  #sliceAt(at: number): Slice {
    const known = this.#slices.get(at)
    if (known !== undefined) return known
    const slice = { keys: new Set<string>(), held: new Map<string, number>() }
    this.#slices.set(at, slice)
    return slice
  }

  #dropExpired(): void {
    const first = sliceOf(this.#clock() / 1000)
    if (!(first > this.#firstKept)) return
    this.#firstKept = first
    for (const [at, { keys, held }] of this.#slices) {
      if (at >= first) continue
      this.#slices.delete(at)
      this.#size -= keys.size
      for (const [jkt, count] of held) this.#release(jkt, count)
    }
  }

  #release(jkt: string, count: number): void {
    const left = (this.#held.get(jkt) ?? 0) - count
    if (left > 0) this.#held.set(jkt, left)
    else this.#held.delete(jkt)
  }
}

function sliceOf(seconds: number): number {
  return Math.floor(seconds / sliceWidth)
}

/**
 * Uses the proof, once. `timeout` is in milliseconds.
 *
 * @throws GuardRefusal (`PROOF_REPLAYED`, `PROOF_SHARE_SPENT`, `PROOF_TOO_OLD`)
 * @throws GuardMalfunction (`REPLAY_STORE_FAILED`, `REPLAY_STORE_FULL`)
 */
export function useProof(
  store: ReplayStore,
  timeout: number,
  key: string,
  expiresAt: number,
  holder: ProofHolder,
  request: GuardRequest,
): Eventually<void> {
  const answer = answeredWithin('REPLAY_STORE_FAILED', timeout, () =>
    store.addIfAbsent(key, expiresAt, holder, request),
  )
  return isPromiseLike(answer) ? answer.then(checkAnswer) : checkAnswer(answer)
}

function checkAnswer(answer: ReplayAnswer): void {
  if (answer === 'share_spent') throw new GuardRefusal('PROOF_SHARE_SPENT')
  if (answer === 'forgotten') throw new GuardRefusal('PROOF_TOO_OLD')
  if (!asBoolean('REPLAY_STORE_FAILED', answer)) throw new GuardRefusal('PROOF_REPLAYED')
}
