import { describe, expect, it } from 'vitest'
import { createAppPort, type Page } from '../../src/web-view/app-port.ts'

const asked = { method: 'GET', url: 'https://api.example/' }

/** A page and the app's end of the port that it is given. */
function shown(more: Partial<Page> = {}, timeout = 60_000) {
  const listeners = new Set<(event: MessageEvent) => void>()
  const page: Page = {
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
    ...more,
  }
  const app = createAppPort(page, timeout)
  const greet = (event: object = {}) => {
    const { port1, port2 } = new MessageChannel()
    const seen: unknown[] = []
    port1.onmessage = ({ data }) => seen.push(data)
    const message = {
      source: null,
      origin: '',
      data: 'assay:port/1',
      ports: [port2],
      stopImmediatePropagation: () => undefined,
    }
    for (const listener of listeners) listener({ ...message, ...event } as unknown as MessageEvent)
    return {
      seen,
      answer: (answer: unknown) => port1.postMessage(JSON.stringify(answer)),
      raw: (data: unknown) => port1.postMessage(data),
      end: () => port1.close(),
    }
  }
  return { app, greet, listeners }
}

describe('the port of the app', () => {
  it('asks by it, also what was asked before it came, and takes answers in any order', async () => {
    const { app, greet } = shown()
    const waiting = [app.ask(asked), app.ask({ ...asked, authorization: 'Bearer a', unwanted: 't' })]
    const port = greet()
    await expect.poll(() => port.seen.length).toBe(2)
    expect(port.seen.map((text) => JSON.parse(text as string) as unknown)).toEqual([
      { ...asked, id: 1 },
      { ...asked, authorization: 'Bearer a', unwanted: 't', id: 2 },
    ])
    port.answer({ id: 2, headers: { DPoP: 'b' } })
    port.answer({ id: 1, headers: { DPoP: 'a' } })
    expect(await Promise.all(waiting)).toEqual([{ DPoP: 'a' }, { DPoP: 'b' }])
    app.close()
    port.end()
  })

  it.each([
    ['of a window', { source: {} }],
    ['of an origin', { origin: 'https://shop.example' }],
    ['of an opaque origin', { origin: 'null' }],
    ['of another version', { data: 'assay:port/2' }],
  ])('is not taken from a message %s', async (_, event) => {
    const { app, greet } = shown()
    const waiting = app.ask(asked)
    const foreign = greet(event)
    const own = greet()
    await expect.poll(() => own.seen.length).toBe(1)
    expect(foreign.seen).toEqual([])
    own.answer({ id: 1, headers: {} })
    expect(await waiting).toEqual({})
    app.close()
    foreign.end()
    own.end()
  })

  it.each([
    [
      { error: 'attestation_denied', trace: 't', problem: 'p' },
      { code: 'attestation_denied', trace: 't', problem: 'p', retryable: false },
    ],
    [
      { error: 'attestation_denied', remedy: { kind: 'play_dialog', type_code: 1 } },
      { code: 'attestation_denied', remedy: { kind: 'play_dialog', typeCode: 1 } },
    ],
    [
      { error: 'attestation_denied', remedy: { kind: 'pray' } },
      { code: 'attestation_denied', remedy: undefined },
    ],
    [{ error: 'authorization_present' }, { code: 'authorization_present', retryable: false }],
    [{ error: 'network' }, { code: 'network', retryable: true }],
    [{ error: 'url' }, { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }],
    [{ headers: { DPoP: 5 } }, { code: 'response_invalid' }],
    [{ headers: null }, { code: 'response_invalid' }],
    [{}, { code: 'response_invalid', retryable: true }],
    [{}, { code: 'response_invalid' }],
  ])('an answer %j is the error %j', async (answer, error) => {
    const { app, greet } = shown()
    const port = greet()
    const waiting = app.ask(asked)
    for (const nothing of ['{', 'null', 7, undefined]) port.raw(nothing)
    port.answer({ id: 1, ...answer })
    await expect(waiting).rejects.toMatchObject(error)
    app.close()
    port.end()
  })

  it('without an app a call ends with timeout, and a closed client with closed', async () => {
    const { app } = shown({}, 1)
    await expect(app.ask(asked)).rejects.toMatchObject({ code: 'timeout' })
    const other = shown()
    const waiting = other.app.ask(asked)
    other.app.close()
    await expect(waiting).rejects.toMatchObject({ code: 'closed' })
    expect(other.listeners.size).toBe(0)
  })

  it('is the handler of a WKWebView, where there is one', async () => {
    const seen: string[] = []
    const postMessage = async (text: string) => {
      seen.push(text)
      return text.includes('learn')
        ? Promise.reject(new Error('none'))
        : JSON.stringify({ id: 1, headers: { DPoP: 'a' } })
    }
    const { app } = shown({ webkit: { messageHandlers: { assay: { postMessage } } } })
    app.learn('https://api.example/', 'n')
    expect(await app.ask(asked)).toEqual({ DPoP: 'a' })
    expect(seen.map((text) => JSON.parse(text) as unknown)).toEqual([
      { learn: 'https://api.example/', nonce: 'n' },
      { ...asked, id: 1 },
    ])
    app.close()
  })
})
