import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from '../../faults/problem-error.ts'

/** A request whose body is not complete. */
interface Incomplete {
  /**
   * Undefined once the body is complete. The set's own memory outlives its members, and must not keep whole requests
   * with it.
   */
  request: FastifyRequest | undefined
  /** Milliseconds, by the clock of this process. */
  readonly until: number
}

declare module 'fastify' {
  interface FastifyRequest {
    incomplete: Incomplete | undefined
  }
  interface FastifyContextConfig {
    /** The body is a file, which may take long: its reader makes sure that it does not stall. */
    isFile?: boolean
  }
}

/** Milliseconds between two checks. */
const lookEvery = 500

/**
 * A small body that is not complete in time ends the request with `body_too_slow`: a trickling sender holds a
 * connection and memory. One timer looks after all requests, oldest first, so that a body that comes at once costs
 * nothing.
 *
 * @param seconds from the header fields of the request to the end of the body
 */
export function refuseSlowBodies(app: FastifyInstance, seconds: number): void {
  const waiting = new Set<Incomplete>()
  const end = (request: FastifyRequest) => {
    const { incomplete } = request
    if (incomplete === undefined) return
    waiting.delete(incomplete)
    incomplete.request = request.incomplete = undefined
  }
  app.decorateRequest('incomplete', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    if (hasBody && request.routeOptions.config.isFile !== true) {
      request.incomplete = { request, until: performance.now() + seconds * 1000 }
      waiting.add(request.incomplete)
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    end(request)
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    end(request)
    done()
  })
  const look = setInterval(() => {
    const now = performance.now()
    for (const { request, until } of waiting) {
      if (until > now) return
      if (request === undefined) continue
      end(request)
      // The reader of the body sees the failure and answers; nobody waits for the rest.
      if (request.raw.listenerCount('error') > 0) request.raw.emit('error', new ProblemError('body_too_slow'))
      else request.raw.destroy()
    }
  }, lookEvery).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(look)
    done()
  })
}
