import type { FastifyReply, FastifyRequest } from 'fastify'

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** Refusals that are answered at once, in so many milliseconds. */
const atOnce = { refusals: 50, milliseconds: 100 }

/** Milliseconds that the others wait, at least, and by chance as much again. */
const delay = 1_500

interface LateRefusalOptions {
  readonly random?: () => number
  /** Milliseconds, which only rise. */
  readonly clock?: () => number
}

/**
 * Delays the answers to what a hook refuses, once there are many: a flooder waits for the answer before it sends again,
 * so that refusals do not become all that the service does. Use one for all hooks of a scope.
 */
export function createLateRefusals({
  random = Math.random,
  clock = () => performance.now(),
}: LateRefusalOptions = {}): (hook: Hook) => Hook {
  let since = -Infinity
  let refused = 0
  const isOneOfMany = () => {
    const now = clock()
    if (now - since > atOnce.milliseconds) {
      since = now
      refused = 0
    }
    return ++refused > atOnce.refusals
  }
  return (hook) => (request, reply, done) =>
    hook(request, reply, (error) => {
      if (error === undefined || !isOneOfMany()) done(error)
      else setTimeout(done, delay * (1 + random()), error).unref()
    })
}
