import type { AttestationRequest, AttestationResponse, AttestationTrace } from '@assay/protocol'
import { toProblem } from '../http/error-handler.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import type { TraceBuffer } from '../operations/trace-buffer.ts'
import type { Outcome, Result } from './outcome.ts'
import type { About, Attested } from './attest.ts'

/** Segment names kept of one denial. */
const mostSegments = 20

type Failure = Pick<AttestationTrace, 'outcome' | 'trace' | 'code'> & {
  segments: readonly string[]
  ear?: unknown
}

interface AttestationDependencies {
  attest: (request: AttestationRequest, trace: string) => Promise<Attested>
  traces: Pick<TraceBuffer, 'record'>
  /** Told of each build that was attested. */
  onSeen: (about: About) => void
  clock: Clock
}

export type AttestationUseCases = ReturnType<typeof createAttestationUseCases>

/** Turns evidence into tokens. */
export function createAttestationUseCases({ attest, traces, onSeen, clock }: AttestationDependencies) {
  const record = (outcome: Failure, { app, build }: About) => {
    traces.record({
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
  const seen = ({ refusals: [first], trace }: Result, about: About) => {
    onSeen(about)
    if (first !== undefined) record({ outcome: 'denied', trace, ...first, segments: [] }, about)
  }

  return {
    /** @throws ProblemError under whose trace the operator finds the reason */
    async attest(request: AttestationRequest, trace: string): Promise<AttestationResponse> {
      const { outcome, about, repeated } = await attest(request, trace)
      if (outcome.outcome === 'result') {
        if (about !== undefined && !repeated) seen(outcome, about)
        return responseOf(outcome, Math.floor(clock() / 1000))
      }
      if (about !== undefined && !repeated) record({ segments: [], ...outcome }, about)
      throw problemOf(outcome)
    },
  }
}

/** Durations count from now: a repeated answer holds the same tokens, which have less time left. */
function responseOf({ tokens, refreshAt, trace }: Result, now: number): AttestationResponse {
  return {
    tokens: tokens.map(({ audience, token, expiresAt }) => ({
      audience,
      token,
      expires_in: Math.max(0, expiresAt - now),
    })),
    refresh_after: Math.max(0, refreshAt - now),
    server_time: now,
    trace,
  }
}

function problemOf(outcome: Exclude<Outcome, Result>): ProblemError {
  const { trace } = outcome
  switch (outcome.outcome) {
    case 'denied':
      return new ProblemError(outcome.outward, { trace })
    case 'malfunction': {
      const { code, headers, cause } = toProblem(outcome.cause)
      return new ProblemError(code, { trace, headers, cause })
    }
  }
}
