/** All in seconds. */
export interface RefreshSettings {
  /** How long fetched data is valid without asking again. After half of that it is renewed in the background. */
  maxAge: number
  /** Minimum time between two attempts, and the longest pause after failed attempts. */
  cooldown: number
  /** For one whole attempt. */
  timeout: number
  /** How long beyond `maxAge` it is used while attempts fail. */
  staleIfError: number
  /** Unix seconds. */
  clock: () => number
}

/** Seconds to the next attempt after a failed one; twice as long after each further one. */
const retryDelay = 5
/** Maximum wait for a renewal, in seconds from its beginning, while there is something to serve. */
const patience = 2
/** Seconds beyond the time limit after which an attempt that has not ended counts as lost. */
const grace = 1

interface Fetched<T> {
  readonly value: T
  /** Unix seconds: when the attempt began, because the answer may be as old as that. */
  readonly at: number
}

interface Attempt {
  readonly startedAt: number
  readonly ended: Promise<void>
}

/** The result of the last attempt. `lost`: it never ended, because the runtime dropped it together with its request. */
interface Outcome {
  readonly kind: 'done' | 'failed' | 'lost'
  /** Unix seconds: when the attempt ended, so that a long attempt is not followed by the next at once. */
  readonly at: number
  readonly failure: unknown
  readonly failures: number
}

/**
 * Something that is fetched repeatedly, one attempt at a time. Fresh data is served at once and renewed in the
 * background; older data is served only if an attempt to renew it has failed or takes long. Failed attempts are repeated
 * at growing intervals.
 */
export class Refreshed<T> {
  readonly #settings: RefreshSettings
  readonly #load: (previous: T | undefined) => Promise<T>
  #fetched: Fetched<T> | undefined
  #last: Outcome | undefined
  #running: Attempt | undefined

  constructor(settings: RefreshSettings, load: (previous: T | undefined) => Promise<T>) {
    this.#settings = settings
    this.#load = load
  }

  /** Data younger than `maxAge`. After half of that, a call starts its renewal. */
  fresh(now: number): T | undefined {
    const { maxAge } = this.#settings
    const value = this.#notOlderThan(maxAge, now)
    if (value !== undefined && this.#notOlderThan(maxAge / 2, now) === undefined) void this.#start(now)
    return value
  }

  /**
   * The available data, whatever the state of the issuer: fresh, or older by at most `staleIfError` if it cannot be
   * renewed. What is old may lack a ban or a withdrawal, so a caller waits for the attempt, unless one has failed just
   * before; but no longer than its first two seconds, because an issuer that hangs must not stop those who call.
   */
  async held(now: number): Promise<T | undefined> {
    const fresh = this.fresh(now)
    if (fresh !== undefined) return fresh
    const { maxAge, staleIfError } = this.#settings
    const stale = this.#notOlderThan(maxAge + staleIfError, now)
    if (stale === undefined) return undefined
    const { isNew, startedAt, ended } = this.#start(now)
    const wait = startedAt + patience - now
    // If nothing runs in the background, whoever starts an attempt waits for its end.
    if (this.#last?.kind === 'lost' && isNew) await within(this.#limit, ended)
    else if (wait > 0 && !this.#isFailing(now)) await within(wait, ended)
    return this.#notOlderThan(maxAge + staleIfError, now)
  }

  /** Makes an attempt, or joins the one under way, and waits for its end. Never rejects: see {@link failure}. */
  async renewed(now: number): Promise<T | undefined> {
    await within(this.#limit, this.#start(now).ended)
    return this.#notOlderThan(this.#settings.maxAge + this.#settings.staleIfError, now)
  }

  /** Why there may be newer data than what is held: the last attempt failed, or none has ended yet. */
  get failure(): { readonly cause: unknown } | undefined {
    if (this.#last?.kind === 'done') return undefined
    return { cause: this.#last?.failure }
  }

  /** The attempt under way, for runtimes that drop what a request leaves behind unless they know of it. */
  get running(): Promise<void> | undefined {
    return this.#running?.ended
  }

  /** Unix seconds at which the attempt that brought the current data began. */
  get fetchedAt(): number | undefined {
    return this.#fetched?.at
  }

  #notOlderThan(age: number, now: number): T | undefined {
    if (this.#fetched === undefined) return undefined
    const { at, value } = this.#fetched
    return this.#isPlausible(now, at) && now - at <= age ? value : undefined
  }

  #start(now: number): Attempt & { isNew: boolean } {
    this.#dropLost(now)
    if (this.#running !== undefined) return { isNew: false, ...this.#running }
    if (this.#isCoolingDown(now)) return { isNew: false, startedAt: now, ended: Promise.resolve() }
    const attempt: Attempt = { startedAt: now, ended: this.#attempt(now, () => this.#running === attempt) }
    this.#running = attempt
    return { isNew: true, ...attempt }
  }

  #dropLost(now: number): void {
    if (this.#running === undefined) return
    const { startedAt } = this.#running
    if (this.#isPlausible(now, startedAt) && now - startedAt <= this.#limit) return
    this.#end('lost', Math.min(now, startedAt + this.#limit), new Error('an attempt never ended'))
  }

  /** Whether an attempt failed so recently that steady requests would not have seen the end of the next one. */
  #isFailing(now: number): boolean {
    if (this.#last === undefined || this.#last.kind === 'done') return false
    const { at } = this.#last
    return this.#isPlausible(now, at) && now - at <= this.#settings.cooldown + this.#limit
  }

  /** Seconds after which an attempt counts as lost. */
  get #limit(): number {
    return this.#settings.timeout + grace
  }

  /**
   * Requests state the time at which they began and overtake each other, so `now` may be earlier than what another one
   * saw. If it is much earlier, the clock was set back, which says nothing about an age.
   */
  #isPlausible(now: number, earlier: number): boolean {
    return now - earlier >= -this.#limit
  }

  #isCoolingDown(now: number): boolean {
    if (this.#last === undefined || !this.#isPlausible(now, this.#last.at)) return false
    const { kind, at, failures } = this.#last
    const { cooldown } = this.#settings
    const pause = kind === 'done' ? cooldown : Math.min(cooldown, retryDelay * 2 ** (failures - 1))
    return now - at < pause
  }

  async #attempt(startedAt: number, isCurrent: () => boolean): Promise<void> {
    let value: T
    try {
      // What throws at once fails as well, and not before `#start` knows of the attempt.
      await Promise.resolve()
      value = await this.#load(this.#fetched?.value)
    } catch (failure) {
      if (isCurrent()) this.#end('failed', this.#endedAt(startedAt), failure)
      return
    }
    // An attempt that was given up as lost has been overtaken.
    if (!isCurrent()) return
    this.#fetched = { value, at: startedAt }
    this.#end('done', this.#endedAt(startedAt), undefined)
  }

  #end(kind: Outcome['kind'], at: number, failure: unknown): void {
    const failures = kind === 'done' ? 0 : (this.#last?.failures ?? 0) + 1
    this.#last = { kind, at, failure, failures }
    this.#running = undefined
  }

  #endedAt(startedAt: number): number {
    try {
      const now = this.#settings.clock()
      return now > startedAt ? now : startedAt
    } catch {
      // The clock's failure is reported when a request is judged by it.
      return startedAt
    }
  }
}

/** By a timer of the waiting caller: that of another request may have ended with it. */
async function within(seconds: number, ended: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  try {
    await Promise.race([ended, elapsed])
  } finally {
    clearTimeout(timer)
  }
}
