import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { mediaTypes, problemType, type ProblemCode, type ProblemDocument } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import type { RefusalLog } from './refusal-log.ts'
import type { UnservedCounter } from './unserved.ts'
import { ProblemError, problemOf } from '../faults/problem-error.ts'
import { isExpected } from '../faults/retryable-error.ts'

/** Faults that Fastify itself finds in a request. */
const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'json_invalid',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json_invalid',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request_invalid',
  FST_ERR_BAD_URL: 'request_invalid',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
}

/** Maps whatever a handler, a hook or the framework threw to the one problem that answers it. */
export function toProblem(error: unknown): ProblemError {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, keyword }) => ({
      // The whole document, which the library denotes by the member with the empty name.
      pointer: instancePath === '/' ? '' : instancePath,
      code: keyword,
    }))
    return new ProblemError('request_invalid', { errors, cause: error })
  }
  const known = frameworkCodes[(error as Partial<FastifyError> | null)?.code ?? '']
  if (known !== undefined) return new ProblemError(known, { cause: error })
  return problemOf(error)
}

/** Answers with a problem document (RFC 9457). */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ProblemError,
): FastifyReply {
  if (problem.retryAfter !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfter))))
  // The sender has more to send, which nobody will read.
  if (problem.code === 'body_too_large' || problem.code === 'body_too_slow')
    reply.header('connection', 'close')
  return reply
    .status(problems[problem.code].status)
    .header('cache-control', 'no-store')
    .type(mediaTypes.problem)
    .send(JSON.stringify(problemDocument(problem.code, problem.trace ?? request.id, problem)))
}

/** Milliseconds that a sender gets to finish a body that nobody reads. */
const lingering = 5_000

/**
 * Reads and discards the rest of a body once the answer is out: the next request on the connection comes after it. If
 * the connection were closed at once, it would be reset under the sender, who would never see the answer.
 */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const late = setTimeout(() => request.socket.destroy(), lingering)
  late.unref()
  request.once('close', () => clearTimeout(late))
  request.resume()
}

function problemDocument(
  code: ProblemCode,
  trace: string | undefined,
  {
    errors,
    reason,
    file,
    supported,
    remedy,
  }: Partial<Pick<ProblemError, 'errors' | 'reason' | 'file' | 'supported' | 'remedy'>> = {},
): ProblemDocument {
  return {
    type: problemType(code),
    title: problems[code].title,
    status: problems[code].status,
    code,
    ...(trace === undefined ? {} : { trace }),
    ...(errors === undefined ? {} : { errors }),
    ...(reason === undefined ? {} : { reason }),
    ...(file === undefined ? {} : { file }),
    ...(supported === undefined ? {} : { supported: [...supported] }),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/**
 * Whether this is Node's error for a sender who left before the body was complete: it is not our fault, and nobody
 * reads the answer.
 */
function isHangUp(error: unknown, { complete, errored }: IncomingMessage): boolean {
  return !complete && errored === error && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
}

/** Every error and every unknown path ends in a problem document; the thrown error goes to the log only. */
export function useProblemDocuments(
  app: FastifyInstance,
  logRefusal: RefusalLog,
  countUnserved: UnservedCounter,
): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = isHangUp(error, request.raw)
      ? new ProblemError('request_invalid', { cause: error })
      : toProblem(error)
    const isMalfunction = problems[problem.code].status >= 500 && !isExpected(problem.cause)
    if (isMalfunction)
      request.log.error(
        { err: problem.cause ?? problem, code: problem.code, ...problem.about },
        'malfunction',
      )
    sendProblem(request, reply, problem)
    countUnserved(request, problem)
    if (!isMalfunction) logRefusal(request, reply, problem)
    return reply
  })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, new ProblemError('not_found')))
}

/** Answers bytes that Node could not parse as a request, so there is no request object to answer through. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify(problemDocument('request_invalid', undefined))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: ${mediaTypes.problem}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
