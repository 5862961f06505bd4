import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HeldBodies } from '../../src/request/held-bodies.ts'
import { readBody } from '../../src/request/read-body.ts'

const megabyte = 1024 * 1024

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/**
 * A body of 1 MiB of which `rate` bytes come each second.
 *
 * @returns what was read, and the seconds that it took
 */
async function readAt(rate: number) {
  const request = Object.assign(new PassThrough(), { complete: false })
  const bodies = new HeldBodies()
  const held = bodies.open('a')
  let ended: Awaited<ReturnType<typeof readBody>> | undefined
  const reading = readBody(request as unknown as IncomingMessage, {
    ...{ most: megabyte, length: megabyte, held, signal: new EventEmitter() },
  }).then((result) => (ended = result))
  let sent = 0
  let seconds = 0
  for (; ended === undefined && seconds < 600; seconds += 1) {
    const piece = Math.min(rate, megabyte - sent)
    sent += piece
    if (piece > 0) request.write(Buffer.alloc(piece, 'x'))
    if (sent === megabyte) request.end()
    await new Promise((resolve) => setImmediate(resolve))
    vi.advanceTimersByTime(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await reading
  held.release()
  expect([bodies.bytes, vi.getTimerCount()]).toEqual([0, 0])
  return { ended, seconds }
}

describe('a body of 1 MiB that is read whole', () => {
  test('at one byte a second ends when the grace is over', async () => {
    const { ended, seconds } = await readAt(1)
    expect(ended).toBe('PROXY_BODY_INCOMPLETE')
    expect(seconds).toBeLessThanOrEqual(14)
  })

  test('just below the least rate does not stay for long either', async () => {
    expect((await readAt(1_600)).ended).toBe('PROXY_BODY_INCOMPLETE')
  })

  test('above the least rate must still come within its time', async () => {
    const { ended, seconds } = await readAt(3 * 1024)
    expect(ended).toBe('PROXY_BODY_INCOMPLETE')
    expect(seconds).toBeGreaterThan(118)
    expect(seconds).toBeLessThanOrEqual(124)
  })

  test('that comes within its time is read, slow as it is', async () => {
    const { ended, seconds } = await readAt(10 * 1024)
    expect(Buffer.isBuffer(ended) && ended.length).toBe(megabyte)
    expect(seconds).toBeGreaterThan(100)
  })
})
