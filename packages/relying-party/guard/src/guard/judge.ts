import { expectedAndGot } from '../faults/detail.ts'
import { GuardMalfunction, isPromiseLike } from '../faults/malfunction.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import type { CheckedCallers, GuardParts } from './check-options.ts'
import {
  type AdmittedRequest,
  type Decision,
  malfunction,
  type Malfunction,
  nonceFields,
  type Refusal,
  refuse,
} from './decision.ts'
import { type Fields, type GuardRequest, readFields } from '../request/fields.ts'
import { checkNonce } from '../request/nonces.ts'
import { proofMethodOf, readPresented, userTokenIn, type UsedProofMethod } from '../request/presented.ts'
import { useProof } from '../request/replay-store.ts'
import { hasFragment, pathOf } from '../request/target-uri.ts'
import {
  type OpenedProof,
  openProof,
  type ProvenRequest,
  type VerifiedProof,
  verifyProof,
} from '../request/verify-proof.ts'
import { isDenied } from '../token/deny-list.ts'
import type { AttestedApp } from '../token/token-claims.ts'
import { isOfIssuer, verifyToken } from '../token/verify-token.ts'

/**
 * Decides about one request: all checks in their order, which follows cost and trust: form, nonce, token, lists, proof,
 * what the token is admitted to, single use. Never rejects: whatever a check throws is caught here.
 */
export async function judge(
  parts: GuardParts,
  callers: CheckedCallers,
  request: GuardRequest,
): Promise<Decision> {
  let method: UsedProofMethod | undefined
  let attested: AttestedApp | null = null
  try {
    const fields = readFields(request.headers)
    method = proofMethodOf(fields, parts.presentation)
    if (hasFragment(String(request.url))) throw new GuardRefusal('REQUEST_TARGET_UNUSABLE')
    checkOtherKind(parts, fields)
    const presented = readPresented(fields, method, parts.presentation)
    const now = readClock(parts.clock)
    const proof = presented.proof && openProof(parts.tokens.crypto, presented.proof)
    // Before any signature: one MAC turns away a flood of unsolicited proofs.
    const nonce =
      proof && parts.nonces && (await checkNonce(parts.nonces, parts.portTimeout, nonceIn(proof), now))
    const proven = proof && describeRequest(parts, request, fields, proof, presented.accessToken)
    const verified = verifyToken(parts.tokens, presented.token, now)
    const token = isPromiseLike(verified) ? await verified : verified
    attested = token.attested
    if (parts.denyList !== undefined || parts.status !== undefined) await checkLists(parts, attested, now)
    const possession =
      proof && (await verifyProof(parts.tokens.crypto, proof, token, proven, parts.proofs, now))
    checkCaller(parts, callers, attested)
    if (possession !== undefined) {
      const used = useOnce(parts, attested, possession, request)
      if (isPromiseLike(used)) await used
    }
    const headers = nonce === undefined ? noFields : nonceFields(nonce)
    return admitted(parts, callers, attested, presented.proof?.method ?? null, headers)
  } catch (fault) {
    return answerTo(fault, parts, method, attested)
  }
}

/** The malfunction with which requests would be answered, because there is no status list. */
export async function readiness(parts: GuardParts): Promise<Malfunction | undefined> {
  try {
    await parts.status?.load(readClock(parts.clock))
    return undefined
  } catch (fault) {
    return malfunctionOf(fault)
  }
}

/** Anything that is neither a refusal nor a malfunction is a fault of ours. */
function answerTo(
  fault: unknown,
  { kind, mode, presentation, resourceMetadata }: GuardParts,
  method: UsedProofMethod = presentation.proofs[0] ?? 'dpop_combined',
  attested: AttestedApp | null,
): Refusal | Malfunction {
  if (fault instanceof GuardRefusal)
    return refuse(fault.code, { ...fault.details, kind, mode, method, attested, resourceMetadata })
  return malfunctionOf(fault)
}

function malfunctionOf(fault: unknown): Malfunction {
  return malfunction(
    fault instanceof GuardMalfunction ? fault : new GuardMalfunction('GUARD_FAILED', { cause: fault }),
  )
}

function nonceIn({ profile, payload }: OpenedProof) {
  return payload[profile.nonceClaim]
}

/**
 * Beside an attestation token, or in its place, `Authorization` holds no token of ours: neither passes as the other. A
 * user's own token is no concern of the guard.
 *
 * @throws GuardRefusal (`TOKEN_KIND`)
 */
function checkOtherKind({ kind, tokens }: GuardParts, { authorization }: Fields): void {
  if (kind === 'access') return
  for (const value of authorization) {
    const token = userTokenIn(value)
    if (token !== undefined && isOfIssuer(tokens, token)) throw new GuardRefusal('TOKEN_KIND')
  }
}

/** The part of the request that the proof has to cover. @throws GuardRefusal (`REQUEST_*`) */
function describeRequest(
  { origin }: GuardParts,
  request: GuardRequest,
  fields: Fields,
  { profile }: OpenedProof,
  accessToken: string | undefined,
): ProvenRequest | undefined {
  if (profile.covers === 'audience') return undefined
  const base = origin(fields)
  const path = pathOf(request.url)
  if (path === undefined) throw new GuardRefusal('REQUEST_TARGET_UNUSABLE')
  return { method: request.method, base, path, accessToken }
}

/** @throws GuardRefusal (`TOKEN_DENIED`, `TOKEN_BANNED`, `TOKEN_BUILD_RETIRED`) */
async function checkLists(
  { denyList, status, portTimeout }: GuardParts,
  attested: AttestedApp,
  now: number,
): Promise<void> {
  if (denyList !== undefined && (await isDenied(denyList, portTimeout, attested)))
    throw new GuardRefusal('TOKEN_DENIED')
  const fault = await status?.faultOf(attested, now)
  if (fault !== undefined) throw new GuardRefusal(fault)
}

/** @throws GuardRefusal (`APP_NOT_ADMITTED`, `TIER_NOT_ADMITTED`) */
function checkCaller(parts: GuardParts, { apps, tiers }: CheckedCallers, attested: AttestedApp): void {
  if (!apps.has(attested.app))
    throw new GuardRefusal('APP_NOT_ADMITTED', {
      detail: expectedAndGot('app', [...apps].join('|'), attested.app),
    })
  if (parts.enforcement === 'enforce' && !isEnough(parts, tiers, attested))
    throw new GuardRefusal('TIER_NOT_ADMITTED', {
      detail: expectedAndGot('tier', [...tiers].join('|'), attested.tier),
    })
}

function isEnough(
  { allowListed }: GuardParts,
  tiers: CheckedCallers['tiers'],
  { tier, development, allowed }: AttestedApp,
): boolean {
  return development === true || (allowListed && allowed === true) || tiers.has(tier)
}

/** @throws GuardRefusal (`PROOF_TOO_OLD`, and as `useProof`) */
function useOnce(
  { clock, proofs, replayStore, portTimeout }: GuardParts,
  { tier }: AttestedApp,
  { jkt, jti, usableFrom, usableUntil }: VerifiedProof,
  request: GuardRequest,
): ReturnType<typeof useProof> {
  // Keys, lists and ports may have been waited for, while the store forgot the proof.
  if (readClock(clock) > usableUntil) throw new GuardRefusal('PROOF_TOO_OLD')
  // One second longer than the proof can pass, plus the tolerance again for a store with another clock.
  const expiresAt = Math.ceil(usableUntil + proofs.clockTolerance) + 1
  return useProof(replayStore, portTimeout, `${jkt} ${jti}`, expiresAt, { jkt, tier, usableFrom }, request)
}

const noFields: Readonly<Record<string, string>> = Object.freeze({})

function admitted(
  parts: GuardParts,
  { tiers }: CheckedCallers,
  attested: AttestedApp,
  proof: UsedProofMethod | null,
  headers: Readonly<Record<string, string>>,
): AdmittedRequest {
  const { mode, enforcement } = parts
  const wouldRefuse = isEnough(parts, tiers, attested) ? null : 'TIER_NOT_ADMITTED'
  return Object.freeze({ ok: true, ...attested, mode, proof, enforcement, wouldRefuse, headers })
}

/** Unix seconds. @throws GuardMalfunction (`CLOCK_FAILED`) */
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
