import type { FastifyRequest } from 'fastify'

/** Runs of characters long enough to be a token, a key, a challenge or a digest. */
const secretLike = /[A-Za-z0-9+/_=.-]{20,}/g

/** Text with everything that could be a secret blanked out; paths and words of ordinary length stay. */
export function redact(text: string): string {
  return text.replace(secretLike, (run) => (/^[A-Za-z]+$/.test(run) ? run : '[redacted]'))
}

// An alias, because Fastify requires a type with an index signature.
type LoggedError = {
  type: string
  code?: string
  message: string
  /** The stack, without the message that V8 puts before it. */
  stack: string
  cause?: LoggedError
}

function serializeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' }
  const { code } = error as NodeJS.ErrnoException
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: redact(error.message),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: serializeError(error.cause, depth + 1) }),
  }
}

/**
 * The only forms in which requests, answers and errors reach the log: the route's pattern instead of the URL, no
 * field, no body, no address.
 */
export const serializers = {
  req: (request: FastifyRequest) => ({
    method: request.method,
    route: request.routeOptions.url ?? 'unknown',
  }),
  res: (reply: { statusCode?: number }) => ({ statusCode: reply.statusCode ?? 0 }),
  err: (error: unknown) => serializeError(error),
}
