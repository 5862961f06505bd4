import type { Eventually } from '../crypto/guard-crypto.ts'
import type { AttestedApp } from '../decision/decision.ts'
import type { GuardMalfunctionCode } from '../decision/error-codes.ts'
import { answeredWithin, GuardMalfunction, isPromiseLike } from '../decision/malfunction.ts'
import type { DenyList } from '../denial/deny-list.ts'
import { nonceStates, type NonceSource } from '../proof/nonces.ts'
import type { ProofHolder, ReplayAnswer, ReplayStore } from '../proof/replay-store.ts'
import type { OpenedProof } from '../proof/verify-proof.ts'

// Each of these throws GuardMalfunction if its port fails, answers too late or violates its contract: a value of
// another form is never accepted as an answer. `timeout` is in milliseconds.

/** Unix seconds. */
export function readClock(clock: () => number): number {
  let milliseconds: unknown
  try {
    milliseconds = clock()
  } catch (cause) {
    throw new GuardMalfunction('CLOCK_FAILED', { cause })
  }
  if (typeof milliseconds !== 'number' || !(milliseconds > 0) || milliseconds === Infinity) {
    throw new GuardMalfunction('CLOCK_FAILED')
  }
  return milliseconds / 1000
}

export async function isDenied(denyList: DenyList, timeout: number, attested: AttestedApp): Promise<boolean> {
  return asBoolean(
    'DENY_LIST_FAILED',
    await answeredWithin('DENY_LIST_FAILED', timeout, () => denyList.denies(attested)),
  )
}

/** Why the proof may not be used, if it may not. */
export function useProof(
  store: ReplayStore,
  timeout: number,
  key: string,
  expiresAt: number,
  holder: ProofHolder,
): Eventually<ProofUseFault | undefined> {
  const answer = answeredWithin('REPLAY_STORE_FAILED', timeout, () =>
    store.addIfAbsent(key, expiresAt, holder),
  )
  return isPromiseLike(answer) ? answer.then(faultOfUse) : faultOfUse(answer)
}

type ProofUseFault = 'PROOF_REPLAYED' | 'PROOF_SHARE_SPENT' | 'PROOF_TOO_OLD'

function faultOfUse(answer: ReplayAnswer): ProofUseFault | undefined {
  if (answer === 'share_spent') return 'PROOF_SHARE_SPENT'
  if (answer === 'forgotten') return 'PROOF_TOO_OLD'
  return asBoolean('REPLAY_STORE_FAILED', answer) ? undefined : 'PROOF_REPLAYED'
}

/** `next`: a nonce to hand out with the response. */
export type NonceOutcome =
  | { readonly fault: 'NONCE_MISSING' | 'NONCE_INVALID'; readonly next: string }
  | { readonly fault: undefined; readonly next: string | undefined }

const longestNonce = 256

export async function checkNonce(
  nonces: NonceSource,
  timeout: number,
  { profile, payload }: OpenedProof,
  now: number,
): Promise<NonceOutcome> {
  const issue = () => issueNonce(nonces, timeout, now)
  const nonce = payload[profile.nonceClaim]
  if (nonce === undefined) return { fault: 'NONCE_MISSING', next: await issue() }
  if (typeof nonce !== 'string' || nonce.length > longestNonce)
    return { fault: 'NONCE_INVALID', next: await issue() }
  const state = await answeredWithin('NONCE_SOURCE_FAILED', timeout, () => nonces.check(nonce, now))
  if (!nonceStates.includes(state)) throw new GuardMalfunction('NONCE_SOURCE_FAILED')
  switch (state) {
    case 'fresh':
      return { fault: undefined, next: undefined }
    case 'ageing':
      return { fault: undefined, next: await issue() }
    case 'refused':
      return { fault: 'NONCE_INVALID', next: await issue() }
  }
}

/** RFC 9449 section 8.1: the characters allowed in a field. */
const noncePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/

async function issueNonce(nonces: NonceSource, timeout: number, now: number): Promise<string> {
  const nonce: unknown = await answeredWithin('NONCE_SOURCE_FAILED', timeout, () => nonces.issue(now))
  if (typeof nonce !== 'string' || nonce.length > longestNonce || !noncePattern.test(nonce)) {
    throw new GuardMalfunction('NONCE_SOURCE_FAILED')
  }
  return nonce
}

function asBoolean(code: GuardMalfunctionCode, answer: unknown): boolean {
  if (typeof answer !== 'boolean') throw new GuardMalfunction(code)
  return answer
}
