import { AssayError, isErrorCode, misuse } from '../errors/error.ts'
import { remedyOf } from '../errors/remedy.ts'
import type { Spec } from '../spec/NativeAssay.ts'

/** Version of the messages. If the native part has another one, it is from another release of this package. */
export const bridgeVersion = 1

/** Methods that answer. */
export type Asking = 'create' | 'getToken' | 'proof' | 'fetch' | 'setReference' | 'reset' | 'debugLog'
/** Methods that do not. */
export type Telling = 'learn' | 'wake' | 'close'

type Members = Readonly<Record<string, unknown>>

/** An answer, or the report that the native part does not know the handle in the request. */
export type Answered<T> = { readonly value: T } | 'stale'

/** Calls the native part and checks whatever it returns: every call ends with an answer or with one of our errors. */
export interface Bridge {
  /** @throws AssayError; TypeError for misuse that the native part found */
  ask<T extends Members>(method: Asking, request: Members): Promise<Answered<T>>
  /** A failure has no consequence. */
  tell(method: Telling, request: Members): void
  /** @returns ends it */
  listen(listener: (event: Members) => void): () => void
}

/** @param native `null` where the app was built without it */
export function createBridge(native: Spec | null): Bridge {
  return {
    async ask<T extends Members>(method: Asking, request: Members) {
      if (!native) throw new AssayError('module_missing')
      // A native part from another release may lack the method.
      if (typeof native[method] !== 'function') throw new AssayError('module_outdated')
      let text: string
      try {
        text = await native[method](JSON.stringify(request))
      } catch (cause) {
        throw new AssayError('native_failed', { cause })
      }
      return answerOf<T>(text)
    },
    tell(method, request) {
      try {
        native?.[method](JSON.stringify(request))
      } catch {
        // `learn`, `wake` and `close` are best effort.
      }
    },
    listen(listener) {
      try {
        const subscription = native?.onEvent((text) => {
          const event = membersOf(text)
          if (event) listener(event)
        })
        return () => subscription?.remove()
      } catch {
        // A native part from another release; `create` reports it.
        return () => undefined
      }
    },
  }
}

/** `{ value }`, `{ error }`, `{ misuse }` or `{ stale }`. Anything else is a fault of the native part. */
function answerOf<T>(text: unknown): Answered<T> {
  const answer = membersOf(text)
  if (!answer) throw new AssayError('native_failed')
  if (typeof answer['misuse'] === 'string') throw misuse(answer['misuse'])
  if (answer['stale'] === true) return 'stale'
  if (isMembers(answer['error'])) throw errorOf(answer['error'])
  if (!isMembers(answer['value'])) throw new AssayError('native_failed')
  return { value: answer['value'] as T }
}

/** What the native part reports about an error, in a call or in an event. */
export function errorOf(reported: Members): AssayError {
  const { code, trace, problem, retryAfter, vendorCode, remedy } = reported
  const known = isErrorCode(code)
  return new AssayError(known ? code : 'native_failed', {
    trace: textOf(trace),
    problem: textOf(problem),
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    remedy: remedyOf(remedy),
    vendorCode: textOf(vendorCode) ?? (known ? undefined : textOf(code)),
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

function membersOf(text: unknown): Members | undefined {
  try {
    const value: unknown = JSON.parse(text as string)
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}
