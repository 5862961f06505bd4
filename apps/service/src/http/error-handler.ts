import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { UnavailableError } from '@assay/evidence'
import { mediaTypes, problems, type ProblemCode } from '@assay/protocol'
import { StorageError } from '../storage/storage-error.ts'
import { VendorError } from '../vendors/vendor-error.ts'
import { problemDocument, ProblemError, retryAfter } from '../faults/problem-error.ts'

/** What Fastify itself finds wrong with a request. */
const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'json_invalid',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json_invalid',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request_invalid',
  FST_ERR_BAD_URL: 'request_invalid',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
}

/** Maps whatever a handler, a hook or the framework threw to the one problem that is answered. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, keyword }) => ({
      // The whole document, which the library writes as the member with no name.
      pointer: instancePath === '/' ? '' : instancePath,
      code: keyword,
    }))
    return new ProblemError('request_invalid', { errors, cause: error })
  }
  const known = frameworkCodes[(error as Partial<FastifyError> | null)?.code ?? '']
  if (known !== undefined) return new ProblemError(known, { cause: error })
  if (error instanceof StorageError) {
    return new ProblemError('temporarily_unavailable', { headers: retryAfter(5), cause: error })
  }
  if (error instanceof VendorError) {
    return new ProblemError('temporarily_unavailable', {
      headers: retryAfter(error.retryAfter),
      cause: error,
    })
  }
  if (error instanceof UnavailableError) {
    return new ProblemError('temporarily_unavailable', { headers: retryAfter(10), cause: error })
  }
  return new ProblemError('internal_error', { cause: error })
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ProblemError,
): FastifyReply {
  return reply
    .status(problems[problem.code].status)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .type(mediaTypes.problem)
    .send(JSON.stringify(problemDocument(problem.code, problem.trace ?? request.id, problem)))
}

/** Every error and every unknown path ends in a problem document; what was thrown goes to the log only. */
export function useProblemDocuments(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    if (problems[problem.code].status >= 500)
      request.log.error({ err: problem.cause ?? problem, code: problem.code }, 'malfunction')
    return sendProblem(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, new ProblemError('not_found')))
}

/** Answers bytes that Node could not read as a request; there is no request to answer with. */
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
