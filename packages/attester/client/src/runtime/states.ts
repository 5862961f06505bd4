import type { Events } from './events.ts'

/**
 * `idle`: no exchange yet. `attested`: there are tokens. `denied`: the last exchange was denied, also if the page is outdated.
 * `failing`: it failed, and no token is still valid.
 */
export type ClientState = 'idle' | 'attested' | 'denied' | 'failing'

export interface ClientStatesOptions {
  /** Ends the stream. So does whoever leaves its loop. */
  readonly signal?: AbortSignal
  /** Milliseconds, never set back. Default: `performance.now()`. */
  readonly now?: () => number
}

/**
 * `idle`, and each state that follows from now on: call it right after the client was made. Whoever reads slowly sees the newest
 * state only.
 *
 * @param assay the client
 */
export function clientStates(
  assay: Pick<Events, 'on'>,
  { signal, now = () => performance.now() }: ClientStatesOptions = {},
): AsyncIterableIterator<ClientState, undefined> {
  let state: ClientState = 'idle'
  let shown: ClientState | undefined
  let hasEnded = false
  let validUntil = -Infinity
  let wake = () => {}

  const set = (next: ClientState) => {
    state = next
    wake()
  }
  const attested = ({ expiresIn }: { expiresIn: number }) => {
    validUntil = now() + expiresIn * 1000
    set('attested')
  }
  const ends = [
    assay.on('token', attested),
    assay.on('refreshed', attested),
    assay.on('denied', () => set('denied')),
    assay.on('page-outdated', () => set('denied')),
    assay.on('refresh-failed', ({ error }) => {
      if (error.code === 'attestation_denied' || error.code === 'page_outdated') set('denied')
      else if (now() >= validUntil) set('failing')
    }),
  ]
  const end = () => {
    hasEnded = true
    signal?.removeEventListener('abort', end)
    for (const each of ends) each()
    wake()
  }
  if (signal?.aborted) end()
  else signal?.addEventListener('abort', end)

  return {
    async next() {
      while (!hasEnded && state === shown) await new Promise<void>((resolve) => (wake = resolve))
      if (hasEnded) return { done: true, value: undefined }
      shown = state
      return { done: false, value: state }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
