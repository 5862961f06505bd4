import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from '../../faults/problem-error.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file, which may take its time: whoever reads it sees that it does not stand still. */
    isFile?: boolean
  }
}

/** Milliseconds between two looks. */
const lookEvery = 500

/**
 * A small body that is not complete in time ends the request with `body_too_slow`: a sender who drips holds a connection
 * and a place in memory. One timer looks after all requests, oldest first, so that a body that comes at once costs nothing.
 *
 * @param seconds from the fields of the request to the end of the body
 */
export function refuseSlowBodies(app: FastifyInstance, seconds: number): void {
  const waiting = new Map<FastifyRequest, number>()
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    if (hasBody && request.routeOptions.config.isFile !== true)
      waiting.set(request, performance.now() + seconds * 1000)
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    waiting.delete(request)
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    waiting.delete(request)
    done()
  })
  const look = setInterval(() => {
    const now = performance.now()
    for (const [request, until] of waiting) {
      if (until > now) return
      waiting.delete(request)
      // Whoever reads the body is told that it failed, and answers; nobody waits for the rest.
      if (request.raw.listenerCount('error') > 0) request.raw.emit('error', new ProblemError('body_too_slow'))
      else request.raw.destroy()
    }
  }, lookEvery).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(look)
    done()
  })
}
