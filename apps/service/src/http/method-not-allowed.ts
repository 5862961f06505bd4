import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './error-handler.ts'
import { ProblemError } from '../faults/problem-error.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Fastify answers an unknown method on a known path with 404. This remembers the methods of each path and, once every
 * route is registered, answers other methods with 405 and `Allow`. Call before the routes are registered.
 */
export function useMethodNotAllowed(app: FastifyInstance): {
  /** `crossOrigin`: paths whose preflight requests are answered elsewhere. */
  seal(crossOrigin: readonly string[]): void
} {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const of = known.get(url) ?? new Set()
    known.set(url, of)
    for (const one of [method].flat()) of.add(one)
  })
  return {
    seal(crossOrigin) {
      for (const [url, allowed] of [...known]) {
        if (url === '*') continue
        if (crossOrigin.includes(url)) allowed.add('OPTIONS')
        const allow = [...allowed].join(', ')
        const refuse = (request: FastifyRequest, reply: FastifyReply) =>
          sendProblem(request, reply.header('allow', allow), new ProblemError('method_not_allowed'))
        app.route({
          method: methods.filter((method) => !allowed.has(method)),
          url,
          exposeHeadRoute: false,
          // Runs before anything else of the request is looked at.
          onRequest: async (request, reply) => refuse(request, reply),
          handler: refuse,
        })
      }
    },
  }
}
