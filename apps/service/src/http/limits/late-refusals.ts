import type { FastifyReply, FastifyRequest } from 'fastify'

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** Refusals that are answered at once, within so many milliseconds. */
const atOnce = { refusals: 50, milliseconds: 100 }

/** Milliseconds that the others wait: at least this, and at random up to twice as much. */
const delay = 1_500

interface LateRefusalOptions {
  readonly random?: () => number
  /** Milliseconds that only increase. */
  readonly clock?: () => number
}

/**
 * Delays the answers to what a hook refuses, once there are many: a flooder waits for the answer before it sends again,
 * so refusals do not take over the service. Use one instance for all hooks of a scope.
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
