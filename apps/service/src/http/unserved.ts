import type { FastifyRequest } from 'fastify'
import { paths } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import type { ProblemError } from '../faults/problem-error.ts'
import { Overload } from '../faults/retryable-error.ts'
import type { LimitCode } from './limits/codes.ts'
import { networkPrefix } from './limits/network-prefix.ts'

/** Counts a request that got 429 or 503. `app`: registered, or empty. */
export type CountUnserved = (unserved: { app: string; code: string; network: string }) => void

const statuses: ReadonlySet<number> = new Set([429, 503])
const ofCapacity: LimitCode = 'LIMIT_CAPACITY'

/**
 * Counts the answers with 429 and 503, by the limit that the request was beyond, otherwise by the problem. Malfunctions of
 * attestations are counted as such, under a trace of their own; probes are asked every few seconds, and are no requests.
 */
export function createUnservedCounter(count: CountUnserved) {
  return ({ routeOptions, ip }: FastifyRequest, { code, limit, trace, cause, about }: ProblemError): void => {
    if (!statuses.has(problems[code].status) || trace !== undefined || routeOptions.url === paths.ready)
      return
    count({
      app: about?.app ?? '',
      code: limit ?? (cause instanceof Overload ? ofCapacity : code),
      network: networkPrefix(ip),
    })
  }
}

export type UnservedCounter = ReturnType<typeof createUnservedCounter>
