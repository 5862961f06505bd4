import { useSyncExternalStore } from 'react'

/** How moments are shown: how long ago, or exactly, in the zone of the browser or in UTC. */
export type Times = 'ago' | 'local' | 'utc'

const name = 'assay-times'
const listeners = new Set<() => void>()

function read(): Times {
  const stored = localStorage.getItem(name)
  return stored === 'local' || stored === 'utc' ? stored : 'ago'
}

let times = read()

export function applyTimes(chosen: Times): void {
  times = chosen
  if (chosen === 'ago') localStorage.removeItem(name)
  else localStorage.setItem(name, chosen)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTimes = (): Times => useSyncExternalStore(subscribe, () => times)
