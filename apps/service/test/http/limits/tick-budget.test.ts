import { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { setImmediate as tick } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createTickBudget, letProbesPass, spreadOverTicks } from '../../../src/http/limits/tick-budget.ts'

it('ticks are short for a moment after a connection', () => {
  let now = 1_000
  const budget = createTickBudget(64, () => now)
  const server = new EventEmitter()
  budget.watch(server as Server)
  expect(budget.mostPerTick()).toBe(64)
  server.emit('connection')
  expect(budget.mostPerTick()).toBe(8)
  now += 5
  expect(budget.mostPerTick()).toBe(64)
})

const socketOf = () => Object.assign(new EventEmitter().setMaxListeners(0), { destroyed: false })

describe('requests that are spread over ticks', () => {
  /** A hook with places for four in a tick, and who got through. */
  const turnstile = () => {
    const through: number[] = []
    const hook = spreadOverTicks(() => 16)
    const send = (number: number, socket = socketOf()) =>
      hook({ raw: { socket } } as FastifyRequest, {} as FastifyReply, () => void through.push(number))
    return { through, send }
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

  it('pass at once while there are few', () => {
    const { through, send } = turnstile()
    upTo(4).forEach((number) => send(number))
    expect(through).toEqual(upTo(4))
  })

  it('are spread over ticks in their order where there are more, and none is refused', async () => {
    const { through, send } = turnstile()
    upTo(10).forEach((number) => send(number))
    expect(through).toEqual(upTo(4))
    await tick()
    expect(through).toEqual(upTo(8))
    // No newcomer overtakes those who wait.
    upTo(14)
      .slice(10)
      .forEach((number) => send(number))
    expect(through).toEqual(upTo(8))
    await tick()
    expect(through).toEqual(upTo(12))
    await tick()
    expect(through).toEqual(upTo(14))
  })

  it('pass at once again when no request waits any more', async () => {
    const { through, send } = turnstile()
    upTo(5).forEach((number) => send(number))
    await tick()
    await tick()
    await tick()
    upTo(9)
      .slice(5)
      .forEach((number) => send(number))
    expect(through).toEqual(upTo(9))
  })

  it('are forgotten once their senders have gone, and take no place', async () => {
    const { through, send } = turnstile()
    const gone = socketOf()
    upTo(1_000).forEach((number) => send(number, number < 4 ? undefined : gone))
    send(1_000)
    gone.emit('close')
    send(1_001, gone)
    gone.destroyed = true
    send(1_002, gone)
    expect(through).toEqual(upTo(4))
    await tick()
    expect(through).toEqual([...upTo(4), 1_000, 1_001])
    expect(gone.listenerCount('close')).toBe(0)
  })
})

describe('probes', () => {
  it('pass at once, one of each network and eight in a tick; the others wait with everybody', async () => {
    const waited: string[] = []
    const through: string[] = []
    const hook = letProbesPass(({ ip }) => void waited.push(ip))
    const send = (ip: string) =>
      hook({ ip } as FastifyRequest, {} as FastifyReply, () => void through.push(ip))
    const [first, ...rest] = Array.from({ length: 9 }, (_, i) => `192.0.${i}.1`) as [string, ...string[]]
    send(first)
    send(first)
    rest.forEach(send)
    expect(through).toEqual([first, ...rest.slice(0, -1)])
    expect(waited).toEqual([first, rest.at(-1)])
    await tick()
    send(first)
    expect(through.at(-1)).toBe(first)
  })
})
