import { setTimeout as wait } from 'node:timers/promises'
import type { ImageDigest } from '@assay/measurement'
import type { AttestationRequest, ChallengeHead } from '@assay/protocol'
import type { ChallengeKeys } from './challenge/challenge-keys.ts'
import { admitRegistered, type Admitted } from './registrations/admission.ts'
import type { RegisteredFacts } from './registrations/registered-facts.ts'
import type { NextTurn } from './cohort.ts'
import type { FloodLimits } from '../http/limits/flood-limits.ts'
import { ProblemError, retryAfter } from '../faults/problem-error.ts'
import type { Measurements, PlannedBuild } from './measurement/measurements.ts'
import type { Clock } from '../system/ports.ts'
import {
  challengeOf,
  checkChallenge,
  checkSignature,
  expiryOf,
  importKey,
  isOneKey,
} from './challenge/check-challenge.ts'
import {
  AttestationDenied,
  outcomeOf,
  type GrantedToken,
  type Outcome,
  type Refusal,
  type Result,
} from './outcome.ts'
import type { AppraiseEvidence, IssueToken, Verdict } from './ports.ts'
import { readClientData, type ReadClientData } from './read-client-data.ts'
import type { SingleUse } from './single-use.ts'

export interface PipelinePorts {
  facts: Pick<RegisteredFacts, 'find'>
  keys: Pick<ChallengeKeys, 'verify'>
  limits: Pick<FloodLimits, 'app'>
  measurements: Pick<Measurements, 'issued' | 'ready' | 'digest'>
  singleUse: SingleUse<Outcome>
  appraise: AppraiseEvidence
  issue: IssueToken
  /** Stands between steps that take long. */
  nextTurn: NextTurn
  clock: Clock
  /** Milliseconds to wait for a digest that is under way. */
  patience: number
}

/** Whose attestation it is, once the challenge's MAC has shown that this service issued it to them. */
export interface About {
  app: string
  build: string
}

/** The outcome of an attestation. `about` is there where it may be recorded, `repeated` where it was given before. */
export interface Attested {
  outcome: Outcome
  about: About | undefined
  repeated: boolean
}

/**
 * Takes one attestation from its bytes to its outcome, cheapest checks first: form, challenge, signature, registered
 * facts, single use, then evidence, appraisal and tokens. Size, JSON and schema of the body were checked before.
 */
export async function attest(
  request: AttestationRequest,
  trace: string,
  ports: PipelinePorts,
): Promise<Attested> {
  let about: About | undefined
  try {
    await ports.nextTurn()
    const read = readClientData(request.client_data)
    const head = checkChallenge(read, ports.keys, ports.clock())
    about = { app: read.clientData.app, build: read.clientData.build }
    await ports.nextTurn()
    const key = await importKey(read)
    await ports.nextTurn()
    checkSignature(read, key, request.signature)
    await ports.nextTurn()
    const admitted = await admitRegistered(ports.facts, read.clientData)
    ports.limits.app(admitted.app.id)
    checkEvidenceList(read, request)
    if (isOneKey(head)) checkKeyIsAttested(request)
    const { outcome, repeated } = await useOnce({ read, head, admitted, request, trace }, ports)
    await ports.nextTurn()
    return { outcome, about, repeated }
  } catch (error) {
    return { outcome: outcomeOf(error, trace), about, repeated: false }
  }
}

/** An attestation whose form, challenge and signature are in order. */
interface Authentic {
  read: ReadClientData
  head: ChallengeHead
  admitted: Admitted
  request: AttestationRequest
  trace: string
}

function checkEvidenceList({ clientData }: ReadClientData, { evidence }: AttestationRequest): void {
  const listed = clientData.evidence
  if (listed.length !== evidence.length || !listed.every((format, i) => format === evidence[i]?.format)) {
    throw new ProblemError('evidence_list_mismatch')
  }
}

/** A key that is installation key and anchor in one needs the attestation that makes it so. */
function checkKeyIsAttested({ evidence }: AttestationRequest): void {
  if (!evidence.some(({ format }) => format === 'android-key-attestation'))
    throw new AttestationDenied('EVIDENCE_OF_KEY_MISSING')
}

async function useOnce(
  attestation: Authentic,
  ports: PipelinePorts,
): Promise<{ outcome: Outcome; repeated: boolean }> {
  const { read, head, admitted } = attestation
  const claim = ports.singleUse.claim(read.clientData.challenge, read.binding, expiryOf(head))
  switch (claim.state) {
    case 'first': {
      const outcome = await conclude(attestation, ports)
      if (outcome.outcome === 'malfunction') claim.release()
      else claim.settle(outcome)
      return { outcome, repeated: false }
    }
    case 'repeat': {
      // A bearer token given twice could have two holders.
      if (admitted.apis.some(({ mode }) => mode === 'bearer')) throw new ProblemError('challenge_used')
      const outcome = await claim.answer
      if (outcome === undefined) throw unavailable(1)
      return { outcome, repeated: true }
    }
    case 'used':
      throw new ProblemError('challenge_used')
    case 'expired':
      throw new ProblemError('challenge_expired')
    case 'full':
      throw unavailable(10)
  }
}

/** Never rejects: a claim on the challenge must be settled or given free. */
async function conclude(attestation: Authentic, ports: PipelinePorts): Promise<Outcome> {
  const { read, head, admitted, request, trace } = attestation
  const { app, build, apis } = admitted
  try {
    const { planned, digest } = await measurementOf(read, admitted, head.epoch, ports)
    const challenge = challengeOf(read)
    const oneKeyChallenge = isOneKey(head) ? challenge : undefined
    const evidence = {
      app,
      build,
      read,
      items: request.evidence,
      planned,
      digest,
      challenge,
      oneKeyChallenge,
    }
    const verdicts = await ports.appraise(evidence, apis)
    await ports.nextTurn()
    return grant(verdicts, attestation, ports)
  } catch (error) {
    return outcomeOf(error, trace)
  }
}

async function measurementOf(
  read: ReadClientData,
  { app, build }: Admitted,
  epoch: number,
  { measurements, patience }: PipelinePorts,
): Promise<{ planned: PlannedBuild; digest: ImageDigest }> {
  const planned = await measurements.issued(build, epoch, app.probes, read.clientData.plan)
  // Another build has been registered under the name since the challenge was issued.
  if (planned === undefined) throw new ProblemError('challenge_invalid')
  const digest = measurements.ready(build, epoch) ?? (await soon(measurements.digest(build, epoch), patience))
  if (digest === undefined) throw unavailable(1)
  return { planned, digest }
}

/** What `promise` gives, or `undefined` when it takes too long. */
async function soon<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const done = new AbortController()
  const late = wait(milliseconds, undefined, { signal: done.signal, ref: false }).catch(() => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    done.abort()
  }
}

function grant(verdicts: readonly Verdict[], attestation: Authentic, ports: PipelinePorts): Result {
  const { read, admitted, trace } = attestation
  const { app, build } = admitted
  const { key, thumbprint } = read
  const tokens: GrantedToken[] = []
  const refusals: Refusal[] = []
  for (const verdict of verdicts) {
    if (verdict.admitted) tokens.push(ports.issue({ ...verdict, app, build, key, thumbprint }))
    else refusals.push({ code: verdict.code, ear: verdict.ear() })
  }
  const [refusal] = refusals
  if (tokens.length === 0 && refusal !== undefined) throw new AttestationDenied(refusal.code, refusal.ear)
  const now = Math.floor(ports.clock() / 1000)
  const shortest = Math.min(...tokens.map(({ expiresAt }) => expiresAt - now))
  return { outcome: 'result', trace, tokens, refreshAt: now + Math.floor(shortest / 2), refusals }
}

function unavailable(seconds: number): ProblemError {
  return new ProblemError('temporarily_unavailable', { headers: retryAfter(seconds) })
}
