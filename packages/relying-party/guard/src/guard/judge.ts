import { type Eventually, GuardMalfunction, isPromiseLike } from '../faults/malfunction.ts'
import type { GuardRefusalCode } from '../faults/refusal.ts'
import type { CheckedCallers, GuardParts } from './check-options.ts'
import { type Acceptance, type Decision, nonceFields, type RefusalContext, refuse } from './decision.ts'
import { type Fields, type GuardRequest, readFields } from '../request/fields.ts'
import { checkNonce } from '../request/nonces.ts'
import { type Presented, type ProofMethod, proofMethodOf, readPresented } from '../request/presented.ts'
import { useProof } from '../request/replay-store.ts'
import { pathOf } from '../request/target-uri.ts'
import { type OpenedProof, openProof, type ProvenRequest, verifyProof } from '../request/verify-proof.ts'
import { isDenied } from '../token/deny-list.ts'
import type { AttestedApp } from '../token/token-claims.ts'
import { type VerifiedToken, verifyToken } from '../token/verify-token.ts'

/**
 * The order follows cost and trust: form, nonce, token, proof, what the token is accepted for, single use.
 *
 * @throws GuardMalfunction
 */
export function judge(
  parts: GuardParts,
  accepted: CheckedCallers,
  request: GuardRequest,
): Eventually<Decision> {
  const fields = readFields(request.headers)
  const method = proofMethodOf(fields)
  const context: RefusalContext = {
    mode: parts.mode,
    method: method ?? parts.presentation.proofs[0] ?? 'dpop_combined',
    attested: null,
    resourceMetadata: parts.resourceMetadata,
  }
  const presented = readPresented(fields, method, parts.presentation)
  if (presented === 'TOKEN_MISSING')
    return refuse(presented, { ...context, clientStatus: readStatus(fields.status) })
  if (typeof presented === 'string') return refuse(presented, context)
  const now = readClock(parts.clock)
  return presented.proof === undefined
    ? judgeBearer(parts, accepted, presented.token, context, now)
    : judgeBound(parts, accepted, { request, fields, presented, proof: presented.proof }, context, now)
}

async function judgeBearer(
  parts: GuardParts,
  accepted: CheckedCallers,
  presented: string,
  context: RefusalContext,
  now: number,
): Promise<Decision> {
  const token = await verifyToken(parts.tokens, presented, now)
  if (typeof token === 'string') return refuse(token, context)
  const { attested } = token
  const fault = (await findDenial(parts, attested, now)) ?? findShortfall(parts, accepted, attested)
  return fault === undefined
    ? accept(parts, accepted, attested, null, noFields)
    : refuse(fault, { ...context, attested })
}

/** Codes of the SDK, and nothing else that could get into a log. */
const statusPattern = /^[a-z_]{1,64}$/

function readStatus([status, ...more]: readonly string[]): string | undefined {
  return status !== undefined && more.length === 0 && statusPattern.test(status) ? status : undefined
}

interface BoundRequest {
  readonly request: GuardRequest
  readonly fields: Fields
  readonly presented: Presented
  readonly proof: NonNullable<Presented['proof']>
}

async function judgeBound(
  parts: GuardParts,
  accepted: CheckedCallers,
  bound: BoundRequest,
  context: RefusalContext,
  now: number,
): Promise<Decision> {
  const { method, text } = bound.proof
  const proof = openProof(parts.tokens.crypto, method, text)
  if (typeof proof === 'string') return refuse(proof, context)
  // Before any signature: one MAC turns away a flood of unsolicited proofs.
  const presentedNonce = proof.payload[proof.profile.nonceClaim]
  const nonce =
    parts.nonces === undefined
      ? undefined
      : await checkNonce(parts.nonces, parts.portTimeout, presentedNonce, now)
  if (nonce?.fault !== undefined) return refuse(nonce.fault, { ...context, nonce: nonce.next })
  const proven = describeRequest(parts, bound, proof)
  if (typeof proven === 'string') return refuse(proven, context)
  const verified = verifyToken(parts.tokens, bound.presented.token, now)
  const token = isPromiseLike(verified) ? await verified : verified
  if (typeof token === 'string') return refuse(token, context)
  const { attested } = token
  const fault = await findFault(parts, accepted, { proof, token, proven }, now)
  if (fault !== undefined) return refuse(fault, { ...context, attested })
  return accept(
    parts,
    accepted,
    attested,
    method,
    nonce?.next === undefined ? noFields : nonceFields(nonce.next),
  )
}

/** The part of the request that the proof has to cover. */
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

interface Possession {
  readonly proof: OpenedProof
  readonly token: VerifiedToken
  readonly proven: ProvenRequest | undefined
}

async function findFault(
  parts: GuardParts,
  accepted: CheckedCallers,
  { proof, token, proven }: Possession,
  now: number,
): Promise<GuardRefusalCode | undefined> {
  const { attested } = token
  const denial =
    parts.denyList === undefined && parts.status === undefined
      ? undefined
      : await findDenial(parts, attested, now)
  if (denial !== undefined) return denial
  const verified = await verifyProof(parts.tokens.crypto, proof, token, proven, parts.proofs, now)
  if (typeof verified === 'string') return verified
  const shortfall = findShortfall(parts, accepted, attested)
  if (shortfall !== undefined) return shortfall
  // Keys, lists and ports may have been waited for, while the store forgot the proof.
  if (readClock(parts.clock) > verified.usableUntil) return 'PROOF_TOO_OLD'
  // One second longer than the proof can pass, plus the tolerance again for a store with another clock.
  const expiresAt = Math.ceil(verified.usableUntil + parts.proofs.clockTolerance) + 1
  const { jkt, tier } = attested
  const holder = { jkt, tier, usableFrom: verified.usableFrom }
  return useProof(parts.replayStore, parts.portTimeout, `${jkt} ${verified.jti}`, expiresAt, holder)
}

async function findDenial(
  { denyList, status, portTimeout }: GuardParts,
  attested: AttestedApp,
  now: number,
): Promise<GuardRefusalCode | undefined> {
  if (denyList !== undefined && (await isDenied(denyList, portTimeout, attested))) return 'TOKEN_DENIED'
  return status?.faultOf(attested, now)
}

function findShortfall(
  parts: GuardParts,
  { apps, tiers }: CheckedCallers,
  attested: AttestedApp,
): GuardRefusalCode | undefined {
  if (!apps.has(attested.app)) return 'APP_NOT_ADMITTED'
  return parts.enforcement === 'enforce' && !isEnough(parts, tiers, attested)
    ? 'TIER_NOT_ADMITTED'
    : undefined
}

function isEnough(
  { allowListed }: GuardParts,
  tiers: CheckedCallers['tiers'],
  { tier, development, allowed }: AttestedApp,
): boolean {
  return development === true || (allowListed && allowed === true) || tiers.has(tier)
}

const noFields: Readonly<Record<string, string>> = Object.freeze({})

function accept(
  parts: GuardParts,
  { tiers }: CheckedCallers,
  attested: AttestedApp,
  proof: ProofMethod | null,
  headers: Readonly<Record<string, string>>,
): Acceptance {
  const { mode, enforcement } = parts
  const wouldRefuse = isEnough(parts, tiers, attested) ? null : 'TIER_NOT_ADMITTED'
  return Object.freeze({ ok: true, ...attested, mode, proof, enforcement, wouldRefuse, headers })
}

/** Unix seconds. @throws GuardMalfunction */
function readClock(clock: () => number): number {
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
