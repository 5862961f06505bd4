import type { AttestationRequest, AttestationResponse, DeniedRemedy, Remedy } from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import { ProblemError, problemOf } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import type { About, Attest, Concluded, SignedBy } from './attest.ts'
import { withoutEar, type PseudonymOf } from './issue.ts'
import { pseudonymIndex } from './model/installation.ts'
import type { Sender } from './submission.ts'
import type { Outcome, PassedOutcome, PolicyRefusal } from './model/outcome.ts'
import type { RecordTrace, RemedyFor } from './model/ports.ts'
import { saidDevice } from './model/said-device.ts'
import { evidenceText, type Count, type CountedAttestation } from './model/counted-attestation.ts'

/** Segment names that the trace of one refusal holds. */
const mostSegments = 20

type Failure = Pick<AttestationTrace, 'outcome' | 'trace' | 'code'> & {
  segments: readonly string[]
  ear?: unknown
  byPolicy?: readonly PolicyRefusal[]
}

/** Of whom a trace is. */
interface Traced extends About, Pick<Concluded, 'installation' | 'tally'>, Pick<Sender, 'userAgent'> {}

interface AttestationDependencies {
  attest: Attest
  recordTrace: RecordTrace
  /** Whether one more trace may be kept for an app in whose name anybody could have answered. */
  mayKeepUnsigned: (app: string) => boolean
  /** Whether one more trace of a repeat may be kept for an app: no quota counts repeats. */
  mayKeepRepeat: (app: string) => boolean
  /** Whether one more trace of a request to enrol may be kept for an app: it is routine, and may be every second one. */
  mayKeepMustEnrol: (app: string) => boolean
  count: Count
  /** Milliseconds since some moment; they only increase. */
  elapsed: () => number
  /** Called for each attestation that ends with a token. */
  onSeen: (about: About, trace: string) => void
  pseudonymOf: PseudonymOf
  /** The digest of what an app calls its user, under a key of this service. */
  referenceOf: (app: string, reference: string) => Uint8Array
  /** Called for each attestation that ends with a token, where the app has references and gave one. */
  onReference: (app: string, key: string, reference: Uint8Array) => void
  remedyFor: RemedyFor
  clock: Clock
}

export type AttestationUseCases = ReturnType<typeof createAttestationUseCases>

/** Answers attestations, and keeps a trace of those that end without a token. */
export function createAttestationUseCases(dependencies: AttestationDependencies) {
  const { attest, recordTrace, mayKeepUnsigned, mayKeepRepeat, mayKeepMustEnrol } = dependencies
  const { count, elapsed, onSeen, onReference, pseudonymOf, referenceOf, remedyFor, clock } = dependencies
  const record = (outcome: Failure, { app, build, installation, tally, userAgent }: Traced) => {
    recordTrace({
      trace: outcome.trace,
      at: new Date(clock()).toISOString(),
      app,
      build,
      outcome: outcome.outcome,
      code: outcome.code,
      segments: outcome.segments.slice(0, mostSegments),
      ear: outcome.ear ?? null,
      key: installation?.key ?? null,
      device: installation === undefined ? null : { vouched: tally.device, said: saidDevice(userAgent) },
      refused: (outcome.byPolicy ?? []).map(({ codeDiffers, ...refusal }) => ({
        ...refusal,
        ...(codeDiffers ? { code_differs: true } : {}),
      })),
      ...foundBy(app, installation),
    })
  }
  const foundBy = (app: string, installation: SignedBy | undefined) => {
    if (installation === undefined) return {}
    const { key, audiences, reference } = installation
    return {
      names: audiences.map((audience) => pseudonymIndex(pseudonymOf(app, audience, key))),
      reference: reference === undefined ? undefined : referenceOf(app, reference),
    }
  }
  const seen = (
    { refusals, trace }: PassedOutcome,
    { app, build, ...traced }: Traced,
    mayKeep: (about: About) => boolean,
  ) => {
    onSeen({ app, build }, trace)
    const { reference, key } = traced.installation ?? {}
    if (reference !== undefined && key !== undefined) onReference(app, key, referenceOf(app, reference))
    const [first] = refusals
    if (first === undefined || !mayKeep({ app, build })) return
    const { code, ear } = first
    const byPolicy = refusals.map(withoutEar)
    record({ outcome: 'denied', trace, code, ear, segments: [], byPolicy }, { app, build, ...traced })
  }
  const remediesFor = async ({ refusals }: PassedOutcome, { app }: About): Promise<DeniedRemedy[]> => {
    const all = await Promise.all(
      refusals.map(async ({ audience, code }) => ({
        audience,
        remedy: await remedyFor({ app, code, outward: 'attestation_denied' }),
      })),
    )
    return all.flatMap(({ audience, remedy }) => (remedy === undefined ? [] : [{ audience, remedy }]))
  }

  return {
    /** @throws ProblemError with the trace under which the operator finds the reason */
    async attest(request: AttestationRequest, trace: string, sender: Sender): Promise<AttestationResponse> {
      const began = elapsed()
      const concluded = await attest(request, trace, sender)
      const { outcome, about, isSigned, isRepeat } = concluded
      const traced = about && { ...about, ...tracedOf(concluded, sender) }
      if (!isRepeat && outcome.trace === trace)
        count({
          milliseconds: elapsed() - began,
          ...countedOf(concluded),
          user: userOf(concluded, sender),
          network: sender.network,
        })
      // Under another trace, the outcome belongs to a request with the same client data, which keeps it.
      const mayKeep = ({ app }: About) =>
        outcome.trace === trace &&
        (isSigned || mayKeepUnsigned(app)) &&
        (!isRepeat || mayKeepRepeat(app)) &&
        (!mustEnrol(concluded) || mayKeepMustEnrol(app))
      if (outcome.outcome === 'result') {
        if (traced !== undefined) seen(outcome, traced, mayKeep)
        const remedies = about === undefined ? [] : await remediesFor(outcome, about)
        return {
          ...responseOf(outcome, Math.floor(clock() / 1000)),
          ...(remedies.length === 0 ? {} : { remedies }),
        }
      }
      if (traced !== undefined && mayKeep(traced)) record({ segments: [], ...outcome }, traced)
      // Whoever proves nothing learns nothing of a reason.
      const asked = isSigned && about !== undefined ? refusedOf(outcome, about) : undefined
      throw refusalOf(outcome, about, asked && (await remedyFor(asked)))
    },
  }
}

const tracedOf = ({ installation, tally }: Concluded, { userAgent }: Sender) => ({
  installation,
  tally,
  userAgent,
})

/**
 * Nobody who has proved nothing is a user. The system is as evidence of this exchange states it, otherwise as the sender
 * does. Evidence that is remembered comes last: the system may have been updated since the enrolment.
 */
const userOf = ({ installation, tally }: Concluded, { userAgent }: Sender): CountedAttestation['user'] =>
  installation && {
    installation: installation.key,
    vouchedBy: tally.vouchedBy,
    osVersion: tally.freshOsVersion ?? saidDevice(userAgent)?.os_version ?? tally.device?.os_version ?? '',
  }

/**
 * A refresh that is answered with `enrolment_required` decides nothing about the client: the answer to its enrolment does.
 * An enrolment that is answered so is final.
 */
const mustEnrol = ({ outcome, tally }: Concluded): boolean =>
  tally.isRefresh && outcome.outcome === 'denied' && outcome.outward === 'enrolment_required'

/** Nobody who has proved nothing changes the share of those who are refused. */
function refusedAs(concluded: Concluded): 'must_enrol' | 'refused' | 'unproven' {
  if (!concluded.isSigned) return 'unproven'
  return mustEnrol(concluded) ? 'must_enrol' : 'refused'
}

function countedOf(concluded: Concluded): CountedAttestation {
  const { outcome, about, tally } = concluded
  const { platform, tier, policy, abi, variant } = tally
  const evidence = evidenceText(tally.evidence)
  const what = {
    app: about?.app ?? '',
    build: about?.build ?? '',
    platform,
    tier,
    policy,
    evidence,
    abi,
    variant,
  }
  switch (outcome.outcome) {
    case 'result':
      return {
        outcome: 'passed',
        code: tally.isAllowed ? 'ALLOW_LISTED' : (outcome.refusals[0]?.code ?? tally.leftOut[0] ?? ''),
        ...what,
      }
    case 'denied':
      return { outcome: refusedAs(concluded), code: outcome.code, ...what }
    case 'malfunction':
      return { outcome: 'malfunction', code: outcome.code, ...what }
  }
}

/** Durations count from now: the token of a repeat dates from its first use, and has less time left. */
function responseOf({ tokens, refreshAt, trace }: PassedOutcome, now: number): AttestationResponse {
  return {
    tokens: tokens.map(({ audience, token, expiresAt, tokenType }) => ({
      audience,
      token,
      expires_in: Math.max(0, expiresAt - now),
      ...(tokenType === undefined ? {} : { token_type: tokenType }),
    })),
    refresh_after: Math.max(0, refreshAt - now),
    server_time: now,
    trace,
  }
}

/** What the answer says, and why. */
function refusedOf(outcome: Exclude<Outcome, PassedOutcome>, { app }: About): Parameters<RemedyFor>[0] {
  const { code } = outcome
  const outward = outcome.outcome === 'denied' ? outcome.outward : problemOf(outcome.cause).code
  return { app, code: outcome.outcome === 'denied' ? code : outward, outward }
}

function refusalOf(
  outcome: Exclude<Outcome, PassedOutcome>,
  about: About | undefined,
  remedy: Remedy | undefined,
): ProblemError {
  const { trace } = outcome
  switch (outcome.outcome) {
    case 'denied':
      // The refusal comes after the registration check: these names are registered.
      if (outcome.outward !== 'attestation_denied' || about === undefined)
        return new ProblemError(outcome.outward, { trace, remedy })
      return new ProblemError(outcome.outward, {
        trace,
        remedy,
        about: { app: about.app, build: about.build, refusal: outcome.code },
      })
    case 'malfunction': {
      const { code, retryAfter, cause } = problemOf(outcome.cause)
      return new ProblemError(code, {
        trace,
        remedy,
        retryAfter,
        cause,
        about: about && { app: about.app, build: about.build },
      })
    }
  }
}
