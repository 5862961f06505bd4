import { setImmediate } from 'node:timers/promises'

/** A part of a list. */
export interface Page {
  /** `next` of the page before; undefined: the first one. */
  after: string | undefined
  /** Entries, at most. */
  limit: number
}

/** Bytes of the entries of a page, as JSON: the entry that reaches it is the last one. */
const mostBytes = 512 * 1024
/** Entries that are read in one go: storage may work on the calling thread, and others get their turn in between. */
const perRead = 200
/** The same where an entry may have 64 kB. */
export const documentsPerRead = 8

/**
 * Some entries of a list, in ascending order of `cursorOf`, under the list's name; and `next`, if there may be more. A
 * page is bounded in entries and in bytes, so that no request takes memory or time as others have filled the list.
 *
 * @param read gives at most `limit` entries whose cursor comes after `after`
 * @param mostPerRead entries that are read in one go
 */
export async function pageOf<Name extends string, Entry>(
  name: Name,
  { after, limit }: Page,
  read: (page: Page) => Promise<Entry[]>,
  cursorOf: (entry: Entry) => string,
  mostPerRead = perRead,
): Promise<Record<Name, Entry[]> & { next?: string }> {
  const entries: Entry[] = []
  let bytes = 0
  let last: Entry | undefined
  for (let isLast = false; !isLast && entries.length < limit && bytes < mostBytes;) {
    if (last !== undefined) await setImmediate()
    const requested = Math.min(mostPerRead, limit - entries.length)
    const some = await read({ after: last === undefined ? after : cursorOf(last), limit: requested })
    isLast = some.length < requested
    last = isLast ? undefined : some.at(-1)
    for (const entry of some) {
      entries.push(entry)
      bytes += JSON.stringify(entry).length
      if (bytes < mostBytes) continue
      last = entry
      break
    }
  }
  const list = { [name]: entries } as Record<Name, Entry[]>
  return last === undefined ? list : { ...list, next: cursorOf(last) }
}
