import { GuardMalfunction } from '../decision/malfunction.ts'
import { functionOf, knownMembers, numberWithin } from '../options/misuse.ts'
import type { ReplayStore } from './replay-store.ts'

/** Seconds of expiry that share a slice. Whole slices are dropped, so nothing is ever searched for old entries. */
const sliceWidth = 16

export interface MemoryReplaySettings {
  /** Unix milliseconds. */
  clock: () => number
  /** Most proofs at once, about 250 bytes each. 1 to 10,000,000; default 100,000. */
  capacity?: number
}

/**
 * A {@link ReplayStore} for one process. When full it fails, and the guard answers 503: capacity should be what the API
 * serves in `proofMaxAge + 3 * clockTolerance` seconds.
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

/** Exact on one process. When full it fails: it never forgets a proof that could pass again. */
export class MemoryReplayStore implements ReplayStore {
  readonly shared = false
  readonly #settings: Required<MemoryReplaySettings>
  /** Keys by the slice of their expiry. */
  readonly #slices = new Map<number, Set<string>>()
  #size = 0
  /** Every slice before this one has been dropped. */
  #firstKept = -Infinity

  constructor(settings: Required<MemoryReplaySettings>) {
    this.#settings = settings
  }

  addIfAbsent(key: string, expiresAt: number): boolean {
    this.#dropExpired()
    const slice = sliceOf(expiresAt)
    // Only a clock that was set back leads here. What was forgotten cannot be told from what is new.
    if (slice < this.#firstKept) throw new GuardMalfunction('REPLAY_STORE_FAILED')
    for (const keys of this.#slices.values()) if (keys.has(key)) return false
    if (this.#size >= this.#settings.capacity) throw new GuardMalfunction('REPLAY_STORE_FULL')
    const keys = this.#slices.get(slice)
    if (keys === undefined) this.#slices.set(slice, new Set([key]))
    else keys.add(key)
    this.#size++
    return true
  }

  get size(): number {
    return this.#size
  }

  #dropExpired(): void {
    const first = sliceOf(this.#settings.clock() / 1000)
    if (!(first > this.#firstKept)) return
    this.#firstKept = first
    for (const [slice, keys] of this.#slices) {
      if (slice >= first) continue
      this.#slices.delete(slice)
      this.#size -= keys.size
    }
  }
}

function sliceOf(seconds: number): number {
  return Math.floor(seconds / sliceWidth)
}
