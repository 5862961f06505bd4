import { expect, it } from 'vitest'
import { AssayClientError } from '../../src/errors/error.ts'
import { createEvents } from '../../src/runtime/events.ts'
import { clientStates } from '../../src/runtime/states.ts'
import { protectedWorld } from '../fake/protected-world.ts'

const token = { audiences: ['api'], expiresIn: 60, trace: 't', clockOffset: 0, source: 'exchange' } as const
const failed = (code: 'network' | 'attestation_denied') => ({ error: new AssayClientError(code), retryIn: 1 })

/** Listeners have been called. */
const delivered = () => new Promise<void>((resolve) => queueMicrotask(resolve))

function followed() {
  const events = createEvents()
  const time = { now: 0 }
  const states = clientStates(events, { now: () => time.now })
  const next = async () => (await states.next()).value
  return { events, time, states, next }
}

it('begins with idle, and gives each change once', async () => {
  const { events, time, next } = followed()
  expect(await next()).toBe('idle')
  events.emit('token', token)
  expect(await next()).toBe('attested')
  events.emit('refreshed', token)
  // The tokens are valid: nothing has changed for the app.
  events.emit('refresh-failed', failed('network'))
  await delivered()
  time.now = 60_000
  events.emit('refresh-failed', failed('network'))
  expect(await next()).toBe('failing')
  events.emit('denied', { error: new AssayClientError('attestation_denied'), trace: 't', remedy: undefined })
  events.emit('refresh-failed', failed('attestation_denied'))
  expect(await next()).toBe('denied')
  events.emit('refreshed', token)
  expect(await next()).toBe('attested')
})

it('is denied where the page is outdated, before there is a token and while one is valid', async () => {
  const { events, next } = followed()
  const outdated = new AssayClientError('page_outdated')
  const deny = () => {
    events.emit('refresh-failed', { error: outdated, retryIn: 1 })
    events.emit('page-outdated', { error: outdated, trace: 't', remedy: undefined })
  }
  expect(await next()).toBe('idle')
  deny()
  expect(await next()).toBe('denied')
  events.emit('token', token)
  expect(await next()).toBe('attested')
  deny()
  expect(await next()).toBe('denied')
})

it('shows a slow reader the newest state only', async () => {
  const { events, next } = followed()
  events.emit('refresh-failed', failed('network'))
  events.emit('token', token)
  await delivered()
  expect(await next()).toBe('attested')
})

it.each(['break', 'abort', 'aborted before'])('ends by %s, and listens no longer', async (how) => {
  const { client } = protectedWorld()
  const listening = new Set<string>()
  const counted = {
    on: ((name, listener) => {
      const end = client.on(name, listener)
      listening.add(name)
      return () => {
        listening.delete(name)
        end()
      }
    }) as typeof client.on,
  }
  const abort = new AbortController()
  if (how === 'aborted before') abort.abort()
  const seen: string[] = []
  for await (const state of clientStates(counted, { signal: abort.signal })) {
    seen.push(state)
    expect(listening.size).toBe(5)
    if (state === 'idle') void client.getToken()
    else if (how === 'break') break
    else abort.abort()
  }
  expect(seen).toEqual(how === 'aborted before' ? [] : ['idle', 'attested'])
  expect(listening.size).toBe(0)
  client.close()
})
