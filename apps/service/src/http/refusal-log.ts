import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ProblemError } from '../faults/problem-error.ts'
import { createTokenBuckets } from './limits/token-bucket.ts'

/** Lines that are kept for each code. */
const kept = { requests: 10, seconds: 60 }
/** More than the number of codes. */
const mostCodes = 1_000

/**
 * Logs refusals, ten a minute for each code: with the code, the trace, and the app and build if these are registered. A
 * line says how many like it were left out before it, so that a flood is visible but does not fill the disk. What a key
 * may not do is logged each time, with its id: keys have a quota.
 */
export function createRefusalLog(clock: () => number) {
  const take = createTokenBuckets(kept, mostCodes, clock)
  const leftOut = new Map<string, number>()
  return (request: FastifyRequest, reply: FastifyReply, { code, about }: ProblemError): void => {
    const { apiKey } = request
    if (apiKey !== null && code === 'scope_insufficient') {
      request.log.info({ req: request, res: reply, code, key: apiKey.id }, 'refused')
      return
    }
    if (!take(code).allowed) {
      leftOut.set(code, (leftOut.get(code) ?? 0) + 1)
      return
    }
    const before = leftOut.get(code) ?? 0
    leftOut.delete(code)
    const more = before === 0 ? {} : { leftOut: before }
    request.log.info({ req: request, res: reply, code, ...about, ...more }, 'refused')
  }
}

export type RefusalLog = ReturnType<typeof createRefusalLog>
