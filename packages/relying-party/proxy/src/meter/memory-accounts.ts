import type { Accounts } from './accounts.ts'
import type { MeterJournal } from './journal/journal.ts'
import { type JournalEntry, usesOf } from './journal/lines.ts'
import type { JournalKind } from './journal/read-journal.ts'
import type { AccountKind, Limit } from './rules.ts'
import { windowAt } from './window.ts'

/** The accounts of one kind, and their place in the journal. */
export interface MemoryAccounts {
  readonly index: number
  /** Undefined: several share them. */
  readonly route: string | undefined
  readonly kind: AccountKind
  readonly accounts: Accounts
}

/** Settings of keeping a journal, besides the journal. */
export interface JournalKeeping {
  /** Unix milliseconds. */
  clock: () => number
  /** Called with a code and the place that it is about: what a journal held could not all be used. */
  onNotice?: (code: 'METER_JOURNAL_CUT' | 'METER_JOURNAL_RULES', detail: string) => void
}

export function stateOf(
  index: number,
  subject: string | null,
  app: string,
  { window, used }: { readonly window: readonly number[]; readonly used: readonly number[] },
): JournalEntry {
  return [index, subject, app, ...usesOf(window, used)] as JournalEntry
}

const nameOf = ({ unit, seconds }: Limit) => `${unit}/${seconds}`

function journalKindOf({ route = '', kind }: MemoryAccounts): JournalKind {
  const scope = kind.budget === undefined ? kind.scope : `${kind.scope} ${kind.budget}`
  return { route, scope, limits: kind.limits.map(nameOf) }
}

const isSame = (one: JournalKind, other: JournalKind) =>
  one.route === other.route && one.scope === other.scope

/**
 * Takes over what a journal holds, by the names of routes, scopes and windows, and keeps it from then on. What the rules
 * no longer count is dropped, and named.
 *
 * @throws ProxyConfigError (`PROXY_JOURNAL_UNREADABLE`)
 */
export function keepJournal(
  journal: MeterJournal,
  all: readonly MemoryAccounts[],
  { clock, onNotice = () => undefined }: JournalKeeping,
): void {
  const kinds = all.map(journalKindOf)
  const { found } = journal
  if (found !== undefined) {
    const now = clock()
    const restored = found.header.kinds.map((old) => {
      const to = all[kinds.findIndex((kind) => isSame(kind, old))]
      return { to, places: to?.kind.limits.map((limit) => old.limits.indexOf(nameOf(limit))) ?? [], old }
    })
    const counted = new Set<number>()
    for (const [index, subject, app = '', ...uses] of found.entries) {
      const { to, places, old } = restored[index] ?? {}
      if (old === undefined) continue
      if (uses.some((use, at) => at % 2 === 0 && isOpen(old.limits[at / 2] as string, use, now)))
        counted.add(index)
      if (to === undefined) continue
      if (subject !== null && uses.length === 0) {
        to.accounts.forget(subject)
        continue
      }
      const window = places?.map((at) => uses[2 * at] ?? -Infinity) ?? []
      const used = places?.map((at) => uses[2 * at + 1] ?? 0) ?? []
      if (subject === null) to.accounts.restoreFloor(window, used)
      else to.accounts.restore(subject, app, window, used, now)
    }
    if (found.cut > 0) onNotice('METER_JOURNAL_CUT', `${found.cut} bytes at its end`)
    for (const detail of droppedOf(restored, counted)) onNotice('METER_JOURNAL_RULES', detail)
  }
  journal.begin(kinds, () => statesOf(all))
}

/** Whether a window of a limit such as `cost/86400` has not ended. */
function isOpen(limit: string, window: number | null | undefined, now: number): boolean {
  return typeof window === 'number' && window >= windowAt(now, Number(limit.split('/')[1]))
}

function* droppedOf(
  restored: readonly { to: MemoryAccounts | undefined; places: readonly number[]; old: JournalKind }[],
  counted: ReadonlySet<number>,
): IterableIterator<string> {
  for (const [index, { to, places, old }] of restored.entries()) {
    if (!counted.has(index)) continue
    const place = [old.route, old.scope].filter((part) => part !== '').join(' ')
    if (to === undefined) yield `${place}: the rules do not count it any more`
    else
      for (const [at, limit] of old.limits.entries())
        if (!places.includes(at)) yield `${place} ${limit}: the rules do not count it any more`
  }
}

function* statesOf(all: readonly MemoryAccounts[]): IterableIterator<JournalEntry> {
  for (const { index, kind, accounts } of all) {
    if (kind.limits.length === 0) continue
    yield stateOf(index, null, '', accounts.floor)
    for (const [subject, account] of accounts)
      if (account.used.some((used) => used > 0)) yield stateOf(index, subject, account.app, account)
  }
}
