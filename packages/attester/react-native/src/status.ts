import { errorOf } from './bridge.ts'
import { AssayError } from './error.ts'
import type { AssayEvent, AssayState, AssayStatus } from './events.ts'

const states: readonly unknown[] = ['idle', 'attested', 'denied', 'failing', 'closed']

/** What listeners are told, and how it stands, from what the native part tells and calls come to. */
export interface Status {
  current(): AssayStatus
  /** @returns ends it */
  onChange(listener: () => void): () => void
  onEvent(listener: (event: AssayEvent) => void): () => void
  /** An event of the native part, with its state after it. */
  take(told: Readonly<Record<string, unknown>>): void
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
    // Entries of their own, so that one listener that is given twice is taken off one by one.
    onChange: (listener) => add(watching, () => listener()),
    onEvent: (listener) => add(listening, (event) => listener(event)),
    take(told) {
      const { state, error: given, handle: _, ...rest } = told
      const error = typeof given === 'object' && given !== null ? errorOf({ ...given }) : undefined
      if (states.includes(state)) set(state as AssayState, state === 'attested' ? undefined : error)
      if (typeof told['name'] !== 'string') return
      const event = { ...rest, ...(error && { error }) } as AssayEvent
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

/** A turn later and on its own, so that a listener that throws is reported by the host and breaks nothing here. */
function aside(work: () => void): void {
  void Promise.resolve().then(work).catch(report)
}

function report(error: unknown): void {
  setTimeout(() => {
    throw error
  }, 0)
}
