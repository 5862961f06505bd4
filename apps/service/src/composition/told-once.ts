import type { FastifyBaseLogger } from 'fastify'

/** The work, whose failure the log tells when it begins and when it ends, and not each time. */
export function toldOnce(work: () => Promise<void>, log: Pick<FastifyBaseLogger, 'error' | 'info'>) {
  let failing = false
  return async (): Promise<void> => {
    try {
      await work()
      if (failing) log.info('Valkey answers again')
      failing = false
    } catch (error) {
      if (!failing) log.error({ err: error }, 'malfunction')
      failing = true
    }
  }
}
