import { answered, answeredWithin, GuardMalfunction } from './decision/malfunction.ts'
import { malfunction, nonceFields, refuse, type RefusalContext } from './decision/denials.ts'
import type { Admission, Attested, Decision, ProofMethod } from './decision/decision.ts'
import type { GuardMalfunctionCode, GuardRefusalCode } from './decision/error-codes.ts'
import { checkAdmits, checkOptions, type CheckedAdmits, type GuardParts } from './options/check-options.ts'
import type { Admits, GuardOptions } from './options/guard-options.ts'
import { nonceStates } from './proof/nonces.ts'
import { openProof, verifyProof, type OpenedProof, type ProvenRequest } from './proof/verify-proof.ts'
import { readFields, type Fields } from './request/fields.ts'
import type { GuardRequest } from './request/guard-request.ts'
import { proofMethodOf, readPresented, type Presented } from './request/presented.ts'
import { pathOf } from './request/target-uri.ts'
import { verifyToken, type VerifiedToken } from './token/verify-token.ts'
import type { Eventually } from './crypto/guard-crypto.ts'

export interface Guard {
  /** Judges one request. Never rejects: a fault on this side is a decision too. */
  verify(request: GuardRequest): Promise<Decision>
  /**
   * A guard for a route that admits other apps and tiers and shares everything else: keys, caches, replay store.
   *
   * @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`)
   */
  forRoute(admits: Admits): Guard
  /** Whether a proof is good once, or once at each node of the API; for a line in the log at start-up. */
  readonly singleUse: 'once' | 'once_per_node'
}

/** @throws TypeError (`ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`) */
export function createGuard(options: GuardOptions): Guard {
  return guardOver(checkOptions(options), checkAdmits(options))
}

function guardOver(parts: GuardParts, admits: CheckedAdmits): Guard {
  const once = parts.replayStore.shared || parts.nonces?.perNode === true
  return Object.freeze({
    async verify(request: GuardRequest) {
      let decision: Decision
      try {
        decision = await judge(parts, admits, request)
      } catch (cause) {
        const fault =
          cause instanceof GuardMalfunction ? cause : new GuardMalfunction('GUARD_FAILED', { cause })
        decision = malfunction(fault)
      }
      report(parts, decision, request)
      return decision
    },
    forRoute: (other: Admits) => guardOver(parts, checkAdmits(other)),
    singleUse: once ? 'once' : 'once_per_node',
  })
}

/** The order is that of cost, and of trust: form, nonce, token, proof, what the token admits to, single use. */
async function judge(parts: GuardParts, admits: CheckedAdmits, request: GuardRequest): Promise<Decision> {
  const fields = readFields(request.headers)
  const method = proofMethodOf(fields)
  const context = {
    mode: parts.mode,
    method: method ?? parts.presentation.proofs[0] ?? 'dpop_combined',
    attested: null,
  }
  const presented = readPresented(fields, method, parts.presentation)
  if (typeof presented === 'string') return refuse(presented, context)
  const now = await readClock(parts)
  return presented.proof === undefined
    ? judgeBearer(parts, admits, presented.token, context, now)
    : judgeBound(parts, admits, { request, fields, presented, proof: presented.proof }, context, now)
}

async function judgeBearer(
  parts: GuardParts,
  admits: CheckedAdmits,
  presented: string,
  context: RefusalContext,
  now: number,
): Promise<Decision> {
  const token = await verifyToken(parts.tokens, presented, now)
  if (typeof token === 'string') return refuse(token, context)
  const fault = (await findDenial(parts, token.attested)) ?? findShortfall(parts, admits, token.attested)
  return fault === undefined
    ? admit(parts, admits, token.attested, null, noFields)
    : refuse(fault, { ...context, attested: token.attested })
}

interface BoundRequest {
  readonly request: GuardRequest
  readonly fields: Fields
  readonly presented: Presented
  readonly proof: NonNullable<Presented['proof']>
}

async function judgeBound(
  parts: GuardParts,
  admits: CheckedAdmits,
  bound: BoundRequest,
  context: RefusalContext,
  now: number,
): Promise<Decision> {
  const { crypto } = parts.tokens
  const proof = openProof(crypto, bound.proof.method, bound.proof.text)
  if (typeof proof === 'string') return refuse(proof, context)
  // Before any signature: one MAC turns away a flood of proofs that were never asked for.
  const nonce = await checkNonce(parts, proof, now)
  if (nonce.fault !== undefined) return refuse(nonce.fault, { ...context, nonce: nonce.next })
  const proven = describeRequest(parts, bound, proof)
  if (typeof proven === 'string') return refuse(proven, context)
  const token = await verifyToken(parts.tokens, bound.presented.token, now)
  if (typeof token === 'string') return refuse(token, context)
  const fault = await findBoundFault(parts, admits, proof, token, proven, now)
  if (fault !== undefined) return refuse(fault, { ...context, attested: token.attested })
  return admit(
    parts,
    admits,
    token.attested,
    bound.proof.method,
    nonce.next === undefined ? noFields : nonceFields(nonce.next),
  )
}

async function findBoundFault(
  parts: GuardParts,
  admits: CheckedAdmits,
  proof: OpenedProof,
  token: VerifiedToken,
  request: ProvenRequest | undefined,
  now: number,
): Promise<GuardRefusalCode | undefined> {
  const { attested } = token
  const denial = await findDenial(parts, attested)
  if (denial !== undefined) return denial
  const verified = await verifyProof(parts.tokens.crypto, proof, token, request, parts.proofs, now)
  if (typeof verified === 'string') return verified
  const shortfall = findShortfall(parts, admits, attested)
  if (shortfall !== undefined) return shortfall
  // One second more than the proof can pass, and the tolerance once more for a store whose clock is not ours.
  const expiresAt = Math.ceil(verified.usableUntil + parts.proofs.clockTolerance) + 1
  const key = `${attested.jkt} ${verified.jti}`
  const isNew = await askPort(parts, 'REPLAY_STORE_FAILED', () =>
    parts.replayStore.addIfAbsent(key, expiresAt),
  )
  return isNew ? undefined : 'PROOF_REPLAYED'
}

function describeRequest(
  { origin }: GuardParts,
  { request, fields, presented }: BoundRequest,
  { profile }: OpenedProof,
): ProvenRequest | undefined | GuardRefusalCode {
  if (profile.covers === 'audience') return undefined
  const found = origin(fields)
  if (typeof found === 'string') return found
  const path = pathOf(request.url)
  if (path === undefined) return 'REQUEST_TARGET_UNUSABLE'
  return { method: request.method, base: found.base, path, accessToken: presented.accessToken }
}

type NonceOutcome =
  { fault: 'NONCE_MISSING' | 'NONCE_INVALID'; next: string } | { fault: undefined; next: string | undefined }

async function checkNonce(
  parts: GuardParts,
  { profile, payload }: OpenedProof,
  now: number,
): Promise<NonceOutcome> {
  const { nonces } = parts
  if (nonces === undefined) return { fault: undefined, next: undefined }
  const issue = () => answeredWithin('NONCE_SOURCE_FAILED', parts.portTimeout, () => nonces.issue(now))
  const nonce = payload[profile.nonceClaim]
  if (nonce === undefined) return { fault: 'NONCE_MISSING', next: await issue() }
  if (typeof nonce !== 'string' || nonce.length > 256) return { fault: 'NONCE_INVALID', next: await issue() }
  const state = await answeredWithin('NONCE_SOURCE_FAILED', parts.portTimeout, () => nonces.check(nonce, now))
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

async function findDenial(parts: GuardParts, attested: Attested): Promise<GuardRefusalCode | undefined> {
  const { denyList } = parts
  if (denyList === undefined) return undefined
  return (await askPort(parts, 'DENY_LIST_FAILED', () => denyList.denies(attested)))
    ? 'TOKEN_DENIED'
    : undefined
}

function findShortfall(
  { enforcement }: GuardParts,
  { apps, tiers }: CheckedAdmits,
  { app, tier }: Attested,
): GuardRefusalCode | undefined {
  if (!apps.has(app)) return 'APP_NOT_ADMITTED'
  return enforcement === 'enforce' && !tiers.has(tier) ? 'TIER_NOT_ADMITTED' : undefined
}

const noFields: Readonly<Record<string, string>> = Object.freeze({})

function admit(
  { mode, enforcement }: GuardParts,
  { tiers }: CheckedAdmits,
  attested: Attested,
  proof: ProofMethod | null,
  headers: Readonly<Record<string, string>>,
): Admission {
  const wouldRefuse = tiers.has(attested.tier) ? null : 'TIER_NOT_ADMITTED'
  return Object.freeze({ ok: true, ...attested, mode, proof, enforcement, wouldRefuse, headers })
}

/** Unix seconds. */
async function readClock({ clock }: GuardParts): Promise<number> {
  const milliseconds: unknown = await answered('CLOCK_FAILED', clock)
  if (typeof milliseconds !== 'number' || !(milliseconds > 0) || milliseconds === Infinity) {
    throw new GuardMalfunction('CLOCK_FAILED')
  }
  return milliseconds / 1000
}

/** A port that answers neither yes nor no has failed: nothing is taken for an answer. */
async function askPort(
  { portTimeout }: GuardParts,
  code: GuardMalfunctionCode,
  port: () => Eventually<boolean>,
): Promise<boolean> {
  const answer: unknown = await answeredWithin(code, portTimeout, port)
  if (typeof answer !== 'boolean') throw new GuardMalfunction(code)
  return answer
}

/** The hook sees every decision and changes none. */
function report({ onDecision, onFault }: GuardParts, decision: Decision, request: GuardRequest): void {
  if (onDecision === undefined) return
  const tell = (fault: unknown) => {
    try {
      onFault?.(fault)
    } catch {
      // There is nobody left to tell.
    }
  }
  try {
    const method = String(request.method)
    const outcome: unknown = onDecision(decision, { method, path: pathOf(String(request.url)) ?? null })
    if (outcome instanceof Promise) outcome.catch(tell)
  } catch (fault) {
    tell(fault)
  }
}
