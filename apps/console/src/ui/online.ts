import { useSyncExternalStore } from 'react'

let since = navigator.onLine ? undefined : new Date().toISOString()
const listeners = new Set<() => void>()

function change(moment: string | undefined): void {
  since = moment
  for (const listener of listeners) listener()
}

window.addEventListener('offline', () => change(new Date().toISOString()))
window.addEventListener('online', () => change(undefined))

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** When this browser lost its network (RFC 3339); undefined: it has one, though the service may be out of reach. */
export const useOfflineSince = (): string | undefined => useSyncExternalStore(subscribe, () => since)
