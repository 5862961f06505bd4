import { statfs } from 'node:fs/promises'
import type { Clock } from '../system/ports.ts'
import type { CacheFill, ServiceStatus, StatusListSize, VendorList } from '@assay/protocol/schemas'

type Health = ServiceStatus['health']

interface HealthDependencies {
  /** Rejects if the database does not take a write. */
  ping: () => Promise<void>
  folder: string
  timeouts: () => number
  caches: () => CacheFill[]
  statusLists: () => StatusListSize[]
  vendorLists: () => VendorList[]
  /** Milliseconds that only increase. */
  steady: Clock
}

export function createHealth({
  ping,
  folder,
  timeouts,
  caches,
  statusLists,
  vendorLists,
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
    status_lists: statusLists(),
    vendor_lists: vendorLists(),
  })
}
