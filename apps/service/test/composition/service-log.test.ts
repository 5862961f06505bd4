import type { FastifyBaseLogger } from 'fastify'
import { expect, it } from 'vitest'
import { createServiceLog } from '../../src/composition/service-log.ts'

it('lines that come before their writer are written first, in order', () => {
  const lines: unknown[] = []
  const at = (level: string) => (fields: object, message: string) => lines.push([level, fields, message])
  const log = createServiceLog()
  log.error({ err: 1 }, 'malfunction')
  log.info({}, 'early')
  log.writeTo({ error: at('error'), info: at('info'), warn: at('warn') } as unknown as FastifyBaseLogger)
  log.warn({}, 'late')
  expect(lines).toEqual([
    ['error', { err: 1 }, 'malfunction'],
    ['info', {}, 'early'],
    ['warn', {}, 'late'],
  ])
})
