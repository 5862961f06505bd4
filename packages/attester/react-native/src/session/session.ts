import { bridgeVersion, type Asking, type Bridge, type Telling } from './bridge.ts'
import { AssayError } from '../errors/error.ts'

type Members = Readonly<Record<string, unknown>>

/** A client of the native part that this JavaScript holds by its handle. */
export interface Session {
  /** @throws AssayError; TypeError for misuse */
  ask<T extends Members>(method: Exclude<Asking, 'create'>, request?: Members): Promise<T>
  /** Undefined if the client has not been made yet, or could not be. */
  tell(method: Telling, request?: Members): void
  /** What the app calls its user: the native part has it before it gets any later call. */
  refer(reference: string | undefined): void
  /** The handle, if the native part has reported it. */
  handle(): string | undefined
  /** Each later call fails with `closed`. */
  close(): void
}

/**
 * The first call creates the client, and so does a call after the native part has lost it: after a reload it may be
 * another.
 *
 * @param build id of the build that the bundle belongs to, as written by `./metro`
 */
export function createSession(
  bridge: Bridge,
  options: Members | undefined,
  build: string | undefined,
): Session {
  let opening: Promise<string> | undefined
  let handle: string | undefined
  let hasClosed = false
  let reference: { readonly text: string | undefined } | undefined
  let referring: Promise<unknown> = Promise.resolve()

  async function create(): Promise<string> {
    const created = await bridge.ask<{ bridge?: unknown; handle?: unknown }>('create', {
      bridge: bridgeVersion,
      ...(options && { options }),
      // The options take precedence over the bundle.
      ...(build !== undefined && options?.['build'] === undefined && { build }),
    })
    if (created === 'stale') throw new AssayError('native_failed')
    const { value } = created
    if (value.bridge !== bridgeVersion || typeof value.handle !== 'string')
      throw new AssayError('module_outdated')
    if (hasClosed) bridge.tell('close', { handle: value.handle })
    handle = value.handle
    if (reference) await refer(handle, reference.text)
    return handle
  }

  /** A failure has no consequence: the form is checked, and everything else shows itself in the next call. */
  async function refer(to: string, text: string | undefined): Promise<void> {
    await bridge.ask('setReference', { handle: to, reference: text ?? null }).catch(() => undefined)
  }

  /** A failure is not kept: the next call tries again. */
  function open(): Promise<string> {
    opening ??= create().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  function mustBeOpen() {
    if (hasClosed) throw new AssayError('closed')
  }

  return {
    async ask<T extends Members>(method: Exclude<Asking, 'create'>, request: Members = {}): Promise<T> {
      mustBeOpen()
      const used = open()
      const known = await used
      await referring
      mustBeOpen()
      let answer = await bridge.ask<T>(method, { handle: known, ...request })
      if (answer === 'stale') {
        if (opening === used) opening = undefined
        answer = await bridge.ask<T>(method, { handle: await open(), ...request })
      }
      // Twice: somebody closes what this one makes.
      if (answer === 'stale') throw new AssayError('closed')
      return answer.value
    },
    tell(method, request = {}) {
      if (handle !== undefined && !hasClosed) bridge.tell(method, { handle, ...request })
    },
    refer(text) {
      reference = { text }
      const to = handle
      if (to !== undefined && !hasClosed) referring = referring.then(() => refer(to, text))
    },
    handle: () => handle,
    close() {
      if (handle !== undefined && !hasClosed) bridge.tell('close', { handle })
      hasClosed = true
    },
  }
}
