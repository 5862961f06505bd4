import type { Spec } from '../../src/spec/NativeAssay.ts'

type Request = Readonly<Record<string, unknown>>
type Method = 'create' | 'getToken' | 'proof' | 'fetch' | 'setReference' | 'reset' | 'debugLog'
type Answer = object | string

/** A native part that answers as specified, and records what crosses the bridge. */
export interface FakeNative {
  readonly native: Spec
  /** Every crossing into the native part, in order. */
  readonly calls: { readonly method: string; readonly request: Request }[]
  /** What a method answers from now on: an answer, or a function that makes one. */
  answers: Partial<Record<Method, Answer | ((request: Request) => Answer | Promise<Answer>)>>
  /** An event crosses. */
  emit(event: Request): void
  readonly listeners: Set<(text: string) => void>
}

export const token = { audience: 'https://api.example', token: 'a.b.c', expiresIn: 290, trace: 'T' }

export function fakeNative(): FakeNative {
  const calls: { method: string; request: Request }[] = []
  const listeners = new Set<(text: string) => void>()
  const fake: FakeNative = {
    calls,
    listeners,
    answers: {
      create: () => ({ value: { bridge: 1, handle: `h${count(calls, 'create')}` } }),
      getToken: { value: token },
      setReference: { value: {} },
      reset: { value: {} },
      debugLog: { value: { lines: ['one'] } },
    },
    emit: (event) => listeners.forEach((listener) => listener(JSON.stringify(event))),
    native: {
      create: (text) => asked('create', text),
      getToken: (text) => asked('getToken', text),
      proof: (text) => asked('proof', text),
      fetch: (text) => asked('fetch', text),
      setReference: (text) => asked('setReference', text),
      reset: (text) => asked('reset', text),
      debugLog: (text) => asked('debugLog', text),
      learn: (text) => received('learn', text),
      wake: (text) => received('wake', text),
      close: (text) => received('close', text),
      onEvent(listener) {
        listeners.add(listener)
        return { remove: () => void listeners.delete(listener) }
      },
    },
  }
  function received(method: string, text: string): Request {
    const request = JSON.parse(text) as Request
    calls.push({ method, request })
    return request
  }
  async function asked(method: Method, text: string): Promise<string> {
    const request = received(method, text)
    const answer = fake.answers[method]
    const given = typeof answer === 'function' ? await answer(request) : answer
    return typeof given === 'string' ? given : JSON.stringify(given)
  }
  return fake
}

export function count(calls: FakeNative['calls'], method: string): number {
  return calls.filter((call) => call.method === method).length
}
