import { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { expect, it } from 'vitest'
import { createTurns } from '../../../src/http/limits/turns.ts'

it('turns are short for a moment after a connection', () => {
  let now = 1_000
  const turns = createTurns(64, () => now)
  const server = new EventEmitter()
  turns.watch(server as Server)
  expect(turns.inTurn()).toBe(64)
  server.emit('connection')
  expect(turns.inTurn()).toBe(8)
  now += 5
  expect(turns.inTurn()).toBe(64)
})
