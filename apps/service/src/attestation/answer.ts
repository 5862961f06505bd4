import type { AttestationRequest, AttestationResponse } from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import { ProblemError, problemOf } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import type { About, Attest, Concluded } from './attest.ts'
import type { Sender } from './submission.ts'
import type { Outcome, PassedOutcome } from './model/outcome.ts'
import type { RecordTrace } from './model/ports.ts'
import { evidenceText, type Count, type CountedAttestation } from './model/counted-attestation.ts'

/** Segment names that the trace of one refusal holds. */
const mostSegments = 20

type Failure = Pick<AttestationTrace, 'outcome' | 'trace' | 'code'> & {
  segments: readonly string[]
  ear?: unknown
}

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
  clock: Clock
}

export type AttestationUseCases = ReturnType<typeof createAttestationUseCases>

/** Answers attestations, and keeps a trace of those that end without a token. */
export function createAttestationUseCases(dependencies: AttestationDependencies) {
  const { attest, recordTrace, mayKeepUnsigned, mayKeepRepeat, mayKeepMustEnrol } = dependencies
  const { count, elapsed, onSeen, clock } = dependencies
  const record = (outcome: Failure, { app, build }: About) => {
    recordTrace({
      trace: outcome.trace,
      at: new Date(clock()).toISOString(),
      app,
      build,
      outcome: outcome.outcome,
      code: outcome.code,
      segments: outcome.segments.slice(0, mostSegments),
      ear: outcome.ear ?? null,
    })
  }
  const seen = (
    { refusals: [first], trace }: PassedOutcome,
    about: About,
    mayKeep: (about: About) => boolean,
  ) => {
    onSeen(about, trace)
    if (first !== undefined && mayKeep(about))
      record({ outcome: 'denied', trace, ...first, segments: [] }, about)
  }

  return {
    /** @throws ProblemError with the trace under which the operator finds the reason */
    async attest(request: AttestationRequest, trace: string, sender: Sender): Promise<AttestationResponse> {
      const began = elapsed()
      const concluded = await attest(request, trace, sender)
      const { outcome, about, isSigned, isRepeat } = concluded
      if (!isRepeat && outcome.trace === trace)
        count({ milliseconds: elapsed() - began, ...countedOf(concluded) })
      // Under another trace, the outcome belongs to a request with the same client data, which keeps it.
      const mayKeep = ({ app }: About) =>
        outcome.trace === trace &&
        (isSigned || mayKeepUnsigned(app)) &&
        (!isRepeat || mayKeepRepeat(app)) &&
        (!mustEnrol(concluded) || mayKeepMustEnrol(app))
      if (outcome.outcome === 'result') {
        if (about !== undefined) seen(outcome, about, mayKeep)
        return responseOf(outcome, Math.floor(clock() / 1000))
      }
      if (about !== undefined && mayKeep(about)) record({ segments: [], ...outcome }, about)
      throw refusalOf(outcome, about)
    },
  }
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
        code: tally.isAllowed ? 'ALLOW_LISTED' : (outcome.refusals[0]?.code ?? ''),
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

function refusalOf(outcome: Exclude<Outcome, PassedOutcome>, about: About | undefined): ProblemError {
  const { trace } = outcome
  switch (outcome.outcome) {
    case 'denied':
      // The refusal comes after the registration check: these names are registered.
      if (outcome.outward !== 'attestation_denied' || about === undefined)
        return new ProblemError(outcome.outward, { trace })
      return new ProblemError(outcome.outward, {
        trace,
        about: { app: about.app, build: about.build, refusal: outcome.code },
      })
    case 'malfunction': {
      const { code, retryAfter, cause } = problemOf(outcome.cause)
      return new ProblemError(code, {
        trace,
        retryAfter,
        cause,
        about: about && { app: about.app, build: about.build },
      })
    }
  }
}
