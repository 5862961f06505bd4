import type { Limit } from './rules.ts'
import { secondsLeft, windowAt } from './window.ts'

/** The use that one subject (an installation, a network, …) has made of each limit of its scope, in the order of the limits. */
export class Account {
  /** The app that was seen last, for `usage`. */
  app: string
  readonly window: number[]
  readonly used: number[]
  /** Reservations that have not ended. While there is one, the account is kept. */
  open = 0

  constructor(app: string, window: number[], used: number[]) {
    this.app = app
    this.window = window
    this.used = used
  }
}

/** How many accounts are looked at for the one that has used least, when there is no space. */
const sample = 16

/**
 * The accounts of one scope of a route: at most `capacity`. Without space for another, one without open streams is
 * dropped: one whose windows are all over, otherwise that which has used least among {@link sample}. **A subject without
 * an account begins with the most that any dropped account had used in the present window**, so nobody gets in for free by
 * being forgotten; newcomers may get less until the window ends.
 */
export class Accounts {
  readonly limits: readonly Limit[]
  readonly #capacity: number
  readonly #accounts = new Map<string, Account>()
  /** The most that a dropped account had used, for each limit. */
  readonly #floor: { window: number[]; used: number[] }
  #dropped = 0

  /** Called when an account has been dropped and, before its windows were over, the floor raised. */
  readonly #onDropped: (subject: string) => void

  constructor(
    limits: readonly Limit[],
    capacity: number,
    onDropped: (subject: string) => void = () => undefined,
  ) {
    this.limits = limits
    this.#capacity = capacity
    this.#onDropped = onDropped
    this.#floor = { window: limits.map(() => -Infinity), used: limits.map(() => 0) }
  }

  /** Counts that a forgotten account begins with. */
  get floor(): { readonly window: readonly number[]; readonly used: readonly number[] } {
    return this.#floor
  }

  /** Brings back what a journal has. */
  restore(subject: string, app: string, window: number[], used: number[], now: number): void {
    this.#accounts.delete(subject)
    if (this.#accounts.size >= this.#capacity) this.#makeSpace(now)
    this.#accounts.set(subject, new Account(app, window, used))
  }

  restoreFloor(window: number[], used: number[]): void {
    this.#raiseFloor({ window, used })
  }

  forget(subject: string): void {
    this.#accounts.delete(subject)
  }

  /** Accounts dropped before their windows were over. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#accounts.size
  }

  /** The account of a subject, at `now` (Unix milliseconds). `undefined`: every other has an open stream. */
  of(subject: string, app: string, now: number): Account | undefined {
    const known = this.#accounts.get(subject)
    if (known !== undefined) {
      this.renew(known, now)
      known.app = app
      return known
    }
    if (this.#accounts.size >= this.#capacity && !this.#makeSpace(now)) return undefined
    const account = new Account(
      app,
      this.limits.map(({ seconds }) => windowAt(now, seconds)),
      this.limits.map(() => 0),
    )
    for (let at = 0; at < this.limits.length; at += 1) {
      const window = this.#floor.window[at] as number
      // A floor of a later window, which only a clock that was set back leaves, counts on.
      if (window < (account.window[at] as number)) continue
      account.window[at] = window
      account.used[at] = this.#floor.used[at] as number
    }
    this.#accounts.set(subject, account)
    return account
  }

  /** An account that exists, in the windows that `now` lies in. */
  find(subject: string, now: number): Account | undefined {
    const known = this.#accounts.get(subject)
    if (known !== undefined) this.renew(known, now)
    return known
  }

  /** Begins the windows that `now` lies in. A clock that was set back begins none. */
  renew(account: Account, now: number): void {
    const { window, used } = account
    for (let at = 0; at < this.limits.length; at += 1) {
      const current = windowAt(now, (this.limits[at] as Limit).seconds)
      if (current <= (window[at] as number)) continue
      window[at] = current
      used[at] = 0
    }
  }

  /** Seconds until the window of a limit ends. */
  wait(account: Account, at: number, now: number): number {
    return secondsLeft(account.window[at] as number, (this.limits[at] as Limit).seconds, now)
  }

  *[Symbol.iterator](): IterableIterator<[string, Account]> {
    yield* this.#accounts
  }

  #makeSpace(now: number): boolean {
    for (let round = 0; round < sample; round += 1) {
      const victim = this.#leastUsed(now)
      if (victim === undefined) continue
      const account = this.#accounts.get(victim) as Account
      this.#accounts.delete(victim)
      if (!this.#isOver(account, now)) {
        this.#dropped += 1
        this.#raiseFloor(account)
      }
      this.#onDropped(victim)
      return true
    }
    return false
  }

  /** Among the next few, which go to the end of the queue. */
  #leastUsed(now: number): string | undefined {
    const next: [string, Account][] = []
    for (const each of this.#accounts) {
      next.push(each)
      if (next.length === sample) break
    }
    let found: { subject: string; share: number } | undefined
    for (const [subject, account] of next) {
      this.#accounts.delete(subject)
      this.#accounts.set(subject, account)
      if (account.open > 0) continue
      const share = this.#isOver(account, now) ? -1 : this.#share(account)
      if (found === undefined || share < found.share) found = { subject, share }
    }
    return found?.subject
  }

  #isOver({ window }: Pick<Account, 'window'>, now: number): boolean {
    return this.limits.every(({ seconds }, at) => (window[at] as number) < windowAt(now, seconds))
  }

  /** The largest part of a limit that is used. */
  #share({ used }: Account): number {
    return this.limits.reduce((most, { limit }, at) => Math.max(most, (used[at] as number) / limit), 0)
  }

  #raiseFloor({ window, used }: Pick<Account, 'window' | 'used'>): void {
    const floor = this.#floor
    for (let at = 0; at < this.limits.length; at += 1) {
      const [current, mine] = [floor.window[at] as number, window[at] as number]
      if (mine < current) continue
      floor.used[at] =
        mine > current ? (used[at] as number) : Math.max(floor.used[at] as number, used[at] as number)
      floor.window[at] = mine
    }
  }
}
