import { headerNames } from '@assay/protocol'
import type { Acceptance, Decision, Malfunction, Refusal } from '../decision/decision.ts'
import { knownMembers, misuse, optionalFunction } from '../options/misuse.ts'
import type { Rollout } from './rollout.ts'

/**
 * A request that the guard refused, or could not judge, but that is served because a rollout does not enforce for its
 * caller yet. Nothing is known about who sent it. Frozen.
 */
export interface Waiver {
  readonly ok: true
  readonly kind: 'waived'
  /** What the guard decided. For the operator's log. */
  readonly decision: Refusal | Malfunction
  /** Fields to add to the response: a nonce, if the proof lacked one. */
  readonly headers: Readonly<Record<string, string>>
}

/** For an adapter: the rollout of its API, and how it identifies its callers. */
export interface RolloutOptions<Request> {
  rollout?: Rollout
  /** IP address of the caller, as reported by the proxy in front. */
  addressOf?: (request: Request) => string | undefined
}

/** What an adapter does with a request. */
export type Settled = Acceptance | Refusal | Malfunction | Waiver

/** Settles decisions under a rollout; without one, each stands. */
export type Settle<Request> = (decision: Decision, request: Request) => Settled | Promise<Settled>

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function settling<Request>(
  of: string,
  options: RolloutOptions<Request>,
  addressOf?: (request: Request) => string | undefined,
): Settle<Request> {
  const known: Record<keyof RolloutOptions<Request>, true> = { rollout: true, addressOf: true }
  knownMembers(of, options, known)
  const find = optionalFunction('addressOf', options.addressOf) ?? addressOf
  const { rollout } = options
  if (rollout === undefined) return (decision) => decision
  if (typeof (rollout as Partial<Rollout> | null)?.enforces !== 'function')
    throw misuse('rollout', 'what createRollout returns')
  if (find === undefined) throw misuse('addressOf', 'a function, because nothing else knows the address')
  return async (decision, request) =>
    decision.ok || (await rollout.enforces(decision, find(request))) ? decision : waive(decision)
}

const nonceFieldNames = [headerNames.dpopNonce, headerNames.attestationChallenge]

function waive(decision: Refusal | Malfunction): Waiver {
  const entries = Object.entries(decision.headers).filter(([name]) => nonceFieldNames.some((n) => n === name))
  return Object.freeze({
    ok: true,
    kind: 'waived',
    decision,
    headers: Object.freeze(Object.fromEntries(entries)),
  })
}

/** Whether the guard accepted the request. */
export function isAccepted(settled: Acceptance | Waiver): settled is Acceptance {
  return !('kind' in settled)
}
