import { GuardMalfunction } from '../faults/malfunction.ts'
import type { GuardRequest } from '../request/fields.ts'
import type { ProofHolder, ReplayAnswer, ReplayStore } from '../request/replay-store.ts'
import { type AdmittedRequest, refuse, type Refusal } from './decision.ts'

/** A proof that holds, and that nobody remembers yet: the arguments of {@link ReplayStore.addIfAbsent}. */
export interface PendingProof {
  readonly key: string
  /** Unix seconds. */
  readonly expiresAt: number
  readonly holder: ProofHolder
}

export interface DeferredReplay {
  /** The guard's `replayStore`. It calls every proof new, and remembers none. */
  readonly store: ReplayStore
  /** The proof of a request that the guard has admitted, once; `undefined` for bearer tokens. */
  take(request: GuardRequest): PendingProof | undefined
}

/**
 * For a proxy that remembers the proof in the same call of its store in which it counts the request. **A guard over this
 * store lets a proof pass any number of times.** Whoever uses it must add the proof of each request to a store that all
 * nodes share before anything is served, and refuse what that store has known ({@link refuseProof}).
 */
export function createDeferredReplay(): DeferredReplay {
  const pending = new WeakMap<GuardRequest, PendingProof>()
  return {
    store: {
      shared: true,
      addIfAbsent(key, expiresAt, holder, request) {
        if (request === undefined) throw new GuardMalfunction('REPLAY_STORE_FAILED')
        pending.set(request, { key, expiresAt, holder })
        return true
      },
    },
    take(request) {
      const proof = pending.get(request)
      pending.delete(request)
      return proof
    },
  }
}

/** The refusal of a request that was admitted, but whose proof the store did not take. */
export function refuseProof(answer: Exclude<ReplayAnswer, true>, admitted: AdmittedRequest): Refusal {
  const code =
    answer === 'share_spent'
      ? 'PROOF_SHARE_SPENT'
      : answer === 'forgotten'
        ? 'PROOF_TOO_OLD'
        : 'PROOF_REPLAYED'
  const { mode, proof } = admitted
  const kind = proof === 'dpop' ? 'access' : 'attestation'
  return refuse(code, { kind, mode, method: proof ?? 'dpop_combined', attested: admitted })
}
