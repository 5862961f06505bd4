import type { FastifyBaseLogger } from 'fastify'

type Level = 'fatal' | 'error' | 'warn' | 'info'

export type ServiceLog = Record<Level, (fields: object, message: string) => void>

/** The log of the service itself. It comes before the listener that writes it: earlier lines wait. */
export function createServiceLog(): ServiceLog & { writeTo: (log: FastifyBaseLogger) => void } {
  const waiting: ((log: FastifyBaseLogger) => void)[] = []
  let log: FastifyBaseLogger | undefined
  const at = (level: Level) => (fields: object, message: string) => {
    if (log === undefined) waiting.push((later) => later[level](fields, message))
    else log[level](fields, message)
  }
  return {
    ...{ fatal: at('fatal'), error: at('error'), warn: at('warn'), info: at('info') },
    writeTo(writer) {
      log = writer
      for (const write of waiting.splice(0)) write(writer)
    },
  }
}
