import { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createTurns, takeTurns } from '../../../src/http/limits/turns.ts'

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

describe('requests that take turns', () => {
  /** A hook with places for four in a turn, and who got through. */
  const turnstile = () => {
    const through: number[] = []
    const hook = takeTurns(() => 16)
    const send = (number: number, socket = { destroyed: false }) =>
      hook({ raw: { socket } } as FastifyRequest, {} as FastifyReply, () => void through.push(number))
    return { through, send }
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

  it('get through at once while there are few', () => {
    const { through, send } = turnstile()
    upTo(4).forEach((number) => send(number))
    expect(through).toEqual(upTo(4))
  })

  it('are spread over turns in their order where there are more, and none is refused', async () => {
    const { through, send } = turnstile()
    upTo(10).forEach((number) => send(number))
    expect(through).toEqual(upTo(4))
    await turn()
    expect(through).toEqual(upTo(8))
    // No newcomer overtakes those who wait.
    upTo(14)
      .slice(10)
      .forEach((number) => send(number))
    expect(through).toEqual(upTo(8))
    await turn()
    expect(through).toEqual(upTo(12))
    await turn()
    expect(through).toEqual(upTo(14))
  })

  it('get through at once again when nobody waits any more', async () => {
    const { through, send } = turnstile()
    upTo(5).forEach((number) => send(number))
    await turn()
    await turn()
    await turn()
    upTo(9)
      .slice(5)
      .forEach((number) => send(number))
    expect(through).toEqual(upTo(9))
  })

  it('are forgotten once their senders have gone', async () => {
    const { through, send } = turnstile()
    const socket = { destroyed: false }
    upTo(6).forEach((number) => send(number, number === 4 ? socket : undefined))
    socket.destroyed = true
    await turn()
    expect(through).toEqual([0, 1, 2, 3, 5])
  })
})
