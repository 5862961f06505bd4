import type { FastifyReply, FastifyRequest } from 'fastify'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLateRefusals } from '../../../src/http/limits/late-refusals.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const none = [{} as FastifyRequest, {} as FastifyReply] as const

it('answers the first refusals at once and the others later; what is allowed never waits', () => {
  const late = createLateRefusals({ random: () => 0.5, clock: () => 0 })
  const refusing = late((_request, _reply, done) => done(new Error('too many')))
  const allowing = late((_request, _reply, done) => done())
  let refused = 0
  let allowed = 0
  for (let i = 0; i < 60; i++) refusing(...none, () => void refused++)
  for (let i = 0; i < 60; i++) allowing(...none, () => void allowed++)
  expect({ refused, allowed }).toEqual({ refused: 50, allowed: 60 })
  vi.advanceTimersByTime(2_249)
  expect(refused).toBe(50)
  vi.advanceTimersByTime(1)
  expect(refused).toBe(60)
})

it('refuses at once again when the flood is over', () => {
  let now = 0
  const refusing = createLateRefusals({ clock: () => now })((_request, _reply, done) => done(new Error('no')))
  let refused = 0
  for (let i = 0; i < 60; i++) refusing(...none, () => void refused++)
  now = 101
  refusing(...none, () => void refused++)
  expect(refused).toBe(51)
})
