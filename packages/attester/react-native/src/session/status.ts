import { errorOf } from './bridge.ts'
import { AssayError } from '../errors/error.ts'
import type { AssayEvent, AssayState, AssayStatus } from '../events/events.ts'

const states: readonly unknown[] = ['idle', 'attested', 'denied', 'failing', 'closed']

/** The events for listeners and the current state, from the reports of the native part and the results of calls. */
export interface Status {
  current(): AssayStatus
  /** @returns ends it */
  onChange(listener: () => void): () => void
  onEvent(listener: (event: AssayEvent) => void): () => void
  /** An event of the native part, with its state after it. */
  take(reported: Readonly<Record<string, unknown>>): void
  /** A call gave a token. */
  succeeded(): void
  /** A call failed. */
  failed(error: unknown): void
  closed(): void
}

export function createStatus(): Status {
  let status: AssayStatus = { state: 'idle', error: undefined }
  const watching = new Set<() => void>()
  const listening = new Set<(event: AssayEvent) => void>()

  function set(state: AssayState, error?: AssayError) {
    // Nothing comes after the end.
    if (status.state === 'closed' || (status.state === state && status.error === error)) return
    status = { state, error }
    for (const listener of [...watching]) aside(listener)
  }

  function add<T>(all: Set<T>, listener: T) {
    all.add(listener)
    return () => void all.delete(listener)
  }

  return {
    current: () => status,
    // Separate entries, so that a listener that was added twice is removed one by one.
    onChange: (listener) => add(watching, () => listener()),
    onEvent: (listener) => add(listening, (event) => listener(event)),
    take(reported) {
      const { state, error: given, handle: _, ...rest } = reported
      const error = typeof given === 'object' && given !== null ? errorOf({ ...given }) : undefined
      if (states.includes(state)) set(state as AssayState, state === 'attested' ? undefined : error)
      if (typeof reported['name'] !== 'string') return
      const event = {
        ...rest,
        ...(error && { error }),
        ...(rest['name'] === 'denied' && { remedy: error?.remedy }),
      } as AssayEvent
      for (const listener of [...listening]) aside(() => listener(event))
    },
    succeeded: () => set('attested'),
    failed(error) {
      if (!(error instanceof AssayError)) return
      const { code } = error
      if (code === 'module_missing' || code === 'module_outdated') set('unavailable', error)
      else if (code === 'attestation_denied') set('denied', error)
      else if (status.state !== 'attested' && code !== 'closed') set('failing', error)
    },
    closed: () => set('closed'),
  }
}

/** Called a turn later and separately, so that the host reports a listener that throws, and nothing breaks here. */
function aside(work: () => void): void {
  void Promise.resolve().then(work).catch(report)
}

function report(error: unknown): void {
  setTimeout(() => {
    throw error
  }, 0)
}
