import type { ServiceStatus, VendorList } from '@assay/protocol/schemas'
import { finding, type Finding } from '../faults/findings.ts'

/** Milliseconds for one write to the database. */
const slowStore = 250
/** Bytes. */
const lowDisk = 1 << 30
/** Share of a cache. */
const full = 0.9

/** If the database takes no writes at all, the service is not ready. */
export function examineHealth({
  store_latency_ms: latency,
  disk_free_bytes: free,
  store_timeouts: timeouts,
  caches,
  status_lists: lists,
  vendor_lists: ofVendors,
}: ServiceStatus['health']): Finding[] {
  return [
    ...(latency !== null && latency > slowStore
      ? [finding('DOCTOR_STORE_SLOW', { milliseconds: String(Math.round(latency)) })]
      : []),
    ...(free !== null && free < lowDisk
      ? [finding('DOCTOR_DISK_LOW', { megabytes: String(Math.floor(free / 1e6)) })]
      : []),
    ...(timeouts > 0 ? [finding('DOCTOR_STORE_TIMEOUTS', { count: String(timeouts) })] : []),
    ...caches
      .filter(({ held, most }) => held > full * most)
      .map(({ name, held, most }) =>
        finding('DOCTOR_CACHE_FULL', { cache: name, percent: String(Math.round((100 * held) / most)) }),
      ),
    ...lists
      .filter(({ shards }) => shards > 0)
      .map(({ api, names, shards, bytes }) =>
        finding('DOCTOR_STATUS_LIST_LONG', {
          api,
          names: String(names),
          shards: String(shards),
          megabytes: (bytes / 1e6).toFixed(1),
        }),
      ),
    ...ofVendors.filter(({ answer }) => answer !== 'ok').map(examineVendorList),
  ]
}

/** The list counts, or not, as of when the vendor was last asked. */
function examineVendorList({
  read_at: readAt,
  usable_until: until,
  asked_at: askedAt,
  answer,
}: VendorList): Finding {
  return readAt === null || until === null || Date.parse(until) <= Date.parse(askedAt)
    ? finding('DOCTOR_VENDOR_LIST_UNUSABLE', { code: answer })
    : finding('DOCTOR_VENDOR_LIST_OLD', { code: answer, read_at: readAt, until })
}
