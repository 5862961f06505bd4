import type { IssuedToken } from '@assay/protocol'
import { AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Exchange, OpenedKey } from '../exchange/exchange.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import type { SharedState } from '../ports.ts'
import { backOff } from './back-off.ts'
import { isClockInDoubt, readClocks, remaining, untilRefresh, type Grant } from './grant.ts'
import { restoreGrant, storeGrant } from './stored-grant.ts'

/** A token with what a proof for it needs. */
export interface Held {
  grant: Grant
  token: IssuedToken
}

export interface TokenRequest {
  /** Even if a good token is at hand. */
  force?: boolean
  /** A token that an API refused: any other one will do. */
  unwanted?: string | undefined
}

export interface TokenSource {
  /** @throws AssayClientError */
  get(audience: string, request?: TokenRequest): Promise<Held>
  /** The network is back: the pause after a failure ends, and a refresh that is due is made. */
  wake(): void
  end(): void
}

const alone: SharedState = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(),
  exclusively: (work) => work(),
}

export function createTokenSource(
  config: ClientConfig,
  exchange: Exchange,
  events: Events,
  lifetime: Lifetime,
  chance: () => number,
): TokenSource {
  const { app, build, audienceList: audiences, clock, timers, shared = alone } = config
  let grant: Grant | undefined
  let starting: Promise<void> | undefined
  let inFlight: Promise<void> | undefined
  let failures = 0
  let failed: { until: number; error: AssayClientError } | undefined
  let timer: unknown
  let lastUse = 0

  async function get(audience: string, { force = false, unwanted }: TokenRequest = {}): Promise<Held> {
    lifetime.check()
    lastUse = clock.monotonic()
    starting ??= start()
    await starting
    const held = find(audience)
    const good = held !== undefined && held.token.token !== unwanted && !isInDoubt()
    if (!force && (good || isAnsweredWithout(audience))) return held ?? denied()
    try {
      await renew(unwanted ?? (force ? held?.token.token : undefined))
    } catch (error) {
      const left = find(audience)
      if (force || left === undefined || left.token.token === unwanted) throw error
      return left
    }
    return find(audience) ?? denied()
  }

  function find(audience: string): Held | undefined {
    const token = grant?.tokens.find((one) => one.audience === audience)
    if (grant === undefined || token === undefined || remaining(grant, token, readClocks(clock)) <= 0)
      return undefined
    schedule()
    return { grant, token }
  }

  function isInDoubt(): boolean {
    return grant !== undefined && isClockInDoubt(grant, readClocks(clock))
  }

  /** Whether the service has just answered and left this audience out: asking again at once would not help. */
  function isAnsweredWithout(audience: string): boolean {
    if (grant === undefined || grant.tokens.some((token) => token.audience === audience)) return false
    return untilRefresh(grant, readClocks(clock)) > 0
  }

  function denied(): never {
    throw new AssayClientError('attestation_denied', { trace: grant?.trace })
  }

  /** Takes over what is left of an earlier life of this installation: a page before its reload, another tab. */
  async function start(): Promise<void> {
    if (config.shared === undefined) return
    try {
      const found = await load(await exchange.openKey())
      if (found !== undefined) accept(found, 'shared')
    } catch {
      // The exchange that follows meets the same fault and reports it.
    }
  }

  async function load({ key, thumbprint }: OpenedKey): Promise<Grant | undefined> {
    const stored = await shared.load().catch(() => undefined)
    const now = readClocks(clock)
    const found = restoreGrant(stored, { app, build, audiences, key, thumbprint }, now)
    return found?.tokens.every((token) => remaining(found, token, now) > 0) ? found : undefined
  }

  /** One exchange at a time: whoever needs one while it is under way shares it. */
  function renew(unwanted: string | undefined): Promise<void> {
    inFlight ??= attempt(unwanted).finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  async function attempt(unwanted: string | undefined): Promise<void> {
    if (failed !== undefined && clock.monotonic() < failed.until) throw failed.error
    try {
      await shared.exclusively(async () => {
        const opened = await exchange.openKey()
        const found = await load(opened)
        if (found !== undefined && isNews(found, unwanted)) return accept(found, 'shared')
        const next = await exchange.run(opened)
        lifetime.check()
        accept(next, 'exchange')
        await shared.save(storeGrant(next, app, build)).catch(() => undefined)
      })
    } catch (error) {
      throw fail(error)
    }
  }

  /** Whether another tab has obtained what this one was about to ask for. */
  function isNews(found: Grant, unwanted: string | undefined): boolean {
    const known = [...(grant?.tokens ?? []).map((one) => one.token), unwanted]
    return (
      untilRefresh(found, readClocks(clock)) > 0 && !found.tokens.some((one) => known.includes(one.token))
    )
  }

  function accept(next: Grant, source: 'exchange' | 'shared'): void {
    const before = grant
    grant = next
    failures = 0
    failed = undefined
    events.emit(before === undefined ? 'token' : 'refreshed', {
      audiences: next.tokens.map(({ audience }) => audience),
      expiresIn: Math.min(...next.tokens.map((token) => token.expires_in)),
      trace: next.trace,
      source,
    })
    if (Math.abs(next.offset - (before?.offset ?? 0)) > 2000) {
      events.emit('clock-offset', { seconds: Math.round(next.offset / 1000) })
    }
    stop()
    schedule()
  }

  function fail(cause: unknown): unknown {
    if (!(cause instanceof AssayClientError) || cause.code === 'closed') return cause
    const wait = backOff(++failures, cause, chance())
    failed = { until: clock.monotonic() + wait, error: cause }
    events.emit('refresh-failed', { error: cause, retryIn: wait / 1000 })
    if (cause.code === 'attestation_denied') events.emit('denied', { error: cause, trace: cause.trace })
    stop()
    schedule()
    return cause
  }

  /** The next exchange of the background, unless one is set already. Up to a tenth earlier, so that not all come at once. */
  function schedule(): void {
    if (timer !== undefined || lifetime.ended || grant === undefined) return
    const now = readClocks(clock)
    const due = untilRefresh(grant, now) * (1 - chance() / 10)
    const allowed = failed === undefined ? 0 : failed.until - now.monotonic
    timer = timers.set(refresh, Math.max(due, allowed, 0), 'background')
  }

  function refresh(): void {
    timer = undefined
    // An app that asks for no token needs none: its next `get` starts again.
    if (clock.monotonic() - lastUse > config.idleAfter) return
    renew(undefined).catch(() => undefined)
  }

  function stop(): void {
    timers.clear(timer)
    timer = undefined
  }

  function wake(): void {
    if (failed?.error.code === 'network' || failed?.error.code === 'timeout') failed = undefined
    stop()
    if (grant !== undefined) schedule()
  }

  return { get, wake, end: stop }
}
