import type { AssayClientError } from '../errors/error.ts'
import type { Remedy } from '../wire/remedy.ts'

/** What events say about tokens: never the tokens themselves. */
export interface TokenEvent {
  audiences: readonly string[]
  /** Seconds until the first of the tokens expires. */
  expiresIn: number
  trace: string
  /** Seconds by which the clock of the device is behind that of the service; negative if it is ahead. */
  clockOffset: number
  /** `exchange`: from the service now. `shared`: kept across a reload, or obtained by another tab. */
  source: 'exchange' | 'shared'
}

export interface ClientEvents {
  /** The first tokens of this client. */
  token: TokenEvent
  /** Tokens that replace earlier ones. */
  refreshed: TokenEvent
  /** An exchange failed. Existing tokens stay in use while they are valid. */
  'refresh-failed': {
    error: AssayClientError
    /** Seconds until the next attempt of the background. */
    retryIn: number
  }
  /** The service denied the attestation. */
  denied: { error: AssayClientError; trace: string | undefined; remedy: Remedy | undefined }
  /**
   * The service denied the attestation of a page, or files of it are gone, and its site has another build by now: a reload shows that. In browsers, for
   * pages with a block of `@assay/web-build`; in place of `denied`.
   */
  'page-outdated': { error: AssayClientError; trace: string | undefined; remedy: Remedy | undefined }
  /** The installation key could not be used and was replaced. */
  'key-renewed': { cause: unknown }
}

export type ClientEventName = keyof ClientEvents
export type ClientListener<Name extends ClientEventName> = (event: ClientEvents[Name]) => void

export interface Events {
  on: <Name extends ClientEventName>(name: Name, listener: ClientListener<Name>) => () => void
  emit: <Name extends ClientEventName>(name: Name, event: ClientEvents[Name]) => void
}

export function createEvents(): Events {
  const all = new Set<readonly [ClientEventName, (event: never) => void]>()
  return {
    on(name, listener) {
      const entry = [name, listener] as const
      all.add(entry)
      return () => void all.delete(entry)
    },
    emit(name, event) {
      for (const [wanted, listener] of all) {
        // Called a turn later and separately, so that the host reports a listener that throws, and no exchange breaks.
        if (wanted === name) queueMicrotask(() => (listener as (event: unknown) => void)(event))
      }
    },
  }
}
