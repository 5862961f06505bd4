import { useCallback, useSyncExternalStore } from 'react'
import type { AssayError } from '../errors/error.ts'
import type { AssayState } from '../events/events.ts'
import { useAssay } from './provider.ts'

/** The state of this installation, for a component to show. The API alone decides whether it serves it. */
export interface Attestation {
  readonly state: AssayState
  /** The reason for the state. */
  readonly error: AssayError | undefined
  /** Tries again, by an exchange. A failure appears in `error`; it throws nothing. */
  readonly retry: () => Promise<void>
}

/** The state, and each state that follows. It starts no exchange: the first request, or `retry`, does. */
export function useAttestation(): Attestation {
  const assay = useAssay()
  const status = useSyncExternalStore(assay.onStatus, assay.status, assay.status)
  const retry = useCallback(async () => {
    await assay.refresh().catch(() => undefined)
  }, [assay])
  return { ...status, retry }
}
