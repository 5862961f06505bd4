import type { FastifyInstance } from 'fastify'
import { addressOf } from '../http/server.ts'

/** The URL by which the service is reached, without a trailing slash: as configured, or else where it listens. */
export function createPublicUrl(configured: string | undefined) {
  let listener: FastifyInstance | undefined
  let address: string | undefined
  return {
    /** @throws if none is configured and the service does not listen yet */
    url(): string {
      if (configured !== undefined) return configured
      if (listener === undefined) throw new Error('the service has no address yet')
      return (address ??= addressOf(listener))
    },
    listensAt(app: FastifyInstance): void {
      listener = app
    },
  }
}
