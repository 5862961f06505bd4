import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { AuditEntry, ListedAuditEntry, ListedTrace } from '@assay/protocol/schemas'
import { call } from './client.ts'

/** Items per request. */
const length = 200

/** The filter; undefined and empty values select all. */
export type Filter = Readonly<Record<string, string | undefined>>

/** Only the members of a filter that select something. */
export const given = (filter: Filter): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''),
  )

/** A long list, newest items first, of which readers can load more. */
function newestFirst<Item>(path: string, member: string, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: [path, filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: String(length), ...given({ ...filter, after: pageParam }) })
      const page = await call<Record<string, unknown>>('GET', `${path}?${query.toString()}`, { signal })
      return { items: page[member] as Item[], next: page['next'] as string | undefined }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  })
}

export const refusalsQuery = (filter: Filter) =>
  newestFirst<ListedTrace>('v1/attestations', 'attestations', filter)

export const auditQuery = (filter: Filter) => newestFirst<ListedAuditEntry>('v1/audit', 'entries', filter)

/** An entry with what was before and after; it never changes. */
export const auditEntryQuery = (number: number) =>
  queryOptions({
    queryKey: ['v1/audit', number],
    queryFn: ({ signal }) => call<AuditEntry>('GET', `v1/audit/${number}`, { signal }),
    staleTime: Infinity,
  })
