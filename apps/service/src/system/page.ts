/** A part of a list. */
export interface Page {
  /** `next` of the page before; undefined: the first one. */
  after: string | undefined
  /** Entries, at most. */
  limit: number
}

/**
 * Some entries of a list, in ascending order of `cursorOf`, under the list's name; and `next`, if there may be more.
 * Storage works on the calling thread, so that no request may ask for more than a page.
 *
 * @param read gives at most `limit` entries whose cursor comes after `after`
 */
export async function pageOf<Name extends string, Entry>(
  name: Name,
  page: Page,
  read: (page: Page) => Promise<Entry[]>,
  cursorOf: (entry: Entry) => string,
): Promise<Record<Name, Entry[]> & { next?: string }> {
  const entries = await read(page)
  const last = entries.length === page.limit ? entries.at(-1) : undefined
  const list = { [name]: entries } as Record<Name, Entry[]>
  return last === undefined ? list : { ...list, next: cursorOf(last) }
}
