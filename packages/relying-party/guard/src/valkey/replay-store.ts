import { functionOf, knownMembers, numberWithin } from '../faults/misuse.ts'
import type { ProofHolder, ReplayAnswer, ReplayStore } from '../request/replay-store.ts'
import { type CallFunction, checkClient, functionsOf, type ValkeyClient, checkPrefix } from './functions.ts'

export interface ValkeyReplaySettings {
  client: ValkeyClient
  /** Unix milliseconds: the guard's own clock. Default: the system's. */
  clock?: () => number
  /** Maximum number of proofs per key and minute. 1 to 1,000,000; default 6,000. */
  perKey?: number
  /**
   * Prefix of the names of all keys in the server; 1 to 64 letters, digits, ".", "_", ":" and "-". Default
   * `assay-guard`.
   */
  prefix?: string
}

/**
 * A {@link ReplayStore} that all nodes of an API share: one call to Valkey for each proof. After a restart, a fail-over
 * or an emptying of the server it refuses, for `clockTolerance`, proofs that could have passed before; so a proof that
 * the server has lost is not accepted again. The server must run with `maxmemory-policy noeviction`.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createValkeyReplayStore(settings: ValkeyReplaySettings): ReplayStore {
  const known: Record<keyof ValkeyReplaySettings, true> = {
    client: true,
    clock: true,
    perKey: true,
    prefix: true,
  }
  knownMembers('createValkeyReplayStore', settings, known)
  return new ValkeyReplayStore({
    call: functionsOf(checkClient(settings.client)),
    clock: functionOf('clock', settings.clock ?? (() => new Date().getTime())),
    perKey: numberWithin('perKey', settings.perKey, { least: 1, most: 1_000_000, otherwise: 6_000 }),
    prefix: checkPrefix(settings.prefix),
  })
}

/** What one call touches must be in one slot of a cluster; installation keys are spread over these. */
const slots = 16

const placeOf = (prefix: string, slot: number) => `${prefix}:{${slot}}`
const memoryKey = (prefix: string, slot: number) => `${placeOf(prefix, slot)}:memory`

interface StoreParts {
  call: CallFunction
  clock: () => number
  perKey: number
  prefix: string
}

class ValkeyReplayStore implements ReplayStore {
  readonly shared = true
  readonly #parts: StoreParts

  constructor(parts: StoreParts) {
    this.#parts = parts
    // A new server starts to remember now, not with the first request, which it would refuse.
    for (let slot = 0; slot < slots; slot += 1)
      void parts.call('assay_guard_2_memory', [memoryKey(parts.prefix, slot)], ['']).catch(() => undefined)
  }

  async addIfAbsent(key: string, expiresAt: number, { jkt, usableFrom }: ProofHolder): Promise<ReplayAnswer> {
    const { call, clock, perKey, prefix } = this.#parts
    const now = clock()
    const slot = jkt.charCodeAt(0) % slots
    const place = placeOf(prefix, slot)
    const age = Math.ceil(now - usableFrom * 1000)
    const answer = await call(
      'assay_guard_2_add',
      [memoryKey(prefix, slot), `${place}:proof:${key}`, `${place}:count:${jkt}`],
      [age, Math.max(1, Math.ceil(expiresAt * 1000 - now)), perKey],
    )
    switch (answer) {
      case 'new':
        return true
      case 'known':
        return false
      case 'forgotten':
      case 'share_spent':
        return answer
      default:
        throw new Error('unexpected reply from Valkey')
    }
  }
}
