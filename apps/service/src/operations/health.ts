import { statfs } from 'node:fs/promises'
import type { Clock } from '../system/ports.ts'

/** The state of what the service depends on, at the time of the call. */
export interface Health {
  /** Milliseconds that one write to the database took; `null`: the database did not take it. */
  store_latency_ms: number | null
  /** Free bytes on the disk of the data folder; `null`: the system does not say. */
  disk_free_bytes: number | null
  /** How often the database did not answer in time or lost the connection within the last hour. */
  store_timeouts: number
  caches: readonly CacheFill[]
}

/** How full a cache of the process is. */
export interface CacheFill {
  name: 'used_challenges' | 'plans' | 'digests'
  /** Entries, or bytes. */
  held: number
  most: number
}

interface HealthDependencies {
  /** Rejects if the database does not take a write. */
  ping: () => Promise<void>
  folder: string
  timeouts: () => number
  caches: () => CacheFill[]
  /** Milliseconds that only increase. */
  steady: Clock
}

export function createHealth({
  ping,
  folder,
  timeouts,
  caches,
  steady,
}: HealthDependencies): () => Promise<Health> {
  const latency = async () => {
    const began = steady()
    await ping()
    return Math.round((steady() - began) * 10) / 10
  }
  const free = async () => {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  }
  const known = (figure: Promise<number>) => figure.catch(() => null)
  return async () => ({
    store_latency_ms: await known(latency()),
    disk_free_bytes: await known(free()),
    store_timeouts: timeouts(),
    caches: caches(),
  })
}
