import type { IssuedToken } from '@assay/protocol'
import { AssayClientError } from '../error.ts'
import type { Events } from '../events.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Lifetime } from '../lifetime.ts'
import type { ClientConfig } from '../options.ts'
import { backOff, isOffline } from './back-off.ts'
import { isClockInDoubt, remaining, shortestLife, untilRefresh, type Grant } from './grant.ts'
import { restoreGrant, storeGrant } from './stored-grant.ts'

/** A token with what a proof for it needs. */
export interface Held {
  grant: Grant
  token: IssuedToken
  /** Milliseconds for which it may still be sent. */
  left: number
}

export interface TokenSource {
  /**
   * @param unwanted a token that an API refused: any other one will do
   * @param force by an exchange even if a good token is at hand, and an error if it fails
   * @throws AssayClientError
   */
  get(audience: string, unwanted?: string, force?: boolean): Promise<Held>
  /** The network is back: the pause after a failure ends, and a refresh that is due is made. */
  wake: () => void
  end(): void
}

export function createTokenSource(
  config: ClientConfig,
  exchange: Exchange,
  events: Events,
  lifetime: Lifetime,
  chance: () => number,
): TokenSource {
  const { clock, timers, shared } = config
  let grant: Grant | undefined
  let inFlight: Promise<undefined> | undefined
  let failures = 0
  let failed: { until: number; error: AssayClientError } | undefined
  let timer: unknown
  let lastUse = 0

  async function get(audience: string, unwanted?: string, force = false): Promise<Held> {
    lifetime.check()
    lastUse = clock.monotonic()
    const held = find(audience)
    if (held) schedule()
    let failure: Error | undefined
    if (force || isNeeded(audience, held, unwanted)) {
      failure = await renew(unwanted, force).catch((error: Error) => error)
    }
    const found = find(audience)
    // A failure matters to whoever is left without the token that was wanted.
    if (!found || (failure && (force || found.token.token === unwanted)))
      throw failure ?? new AssayClientError('attestation_denied', { trace: grant?.trace })
    return found
  }

  function find(audience: string): Held | undefined {
    const token = grant?.tokens.find((one) => one.audience === audience)
    const left = grant && token ? remaining(grant, token, clock) : 0
    return left > 0 ? ({ grant, token, left } as Held) : undefined
  }

  function isNeeded(audience: string, held: Held | undefined, unwanted: string | undefined): boolean {
    if (grant === undefined) return true
    if (held) return held.token.token === unwanted || isClockInDoubt(grant, clock)
    // Where the service has just left this audience out, asking again would not help.
    return untilRefresh(grant, clock) <= 0 || grant.tokens.some((token) => token.audience === audience)
  }

  /** One exchange at a time: whoever needs one while it is under way shares it. */
  function renew(unwanted?: string, force?: boolean): Promise<undefined> {
    return (inFlight ??= attempt(unwanted, force).finally(() => {
      inFlight = undefined
    }))
  }

  async function attempt(unwanted?: string, force?: boolean): Promise<undefined> {
    if (failed && clock.monotonic() < failed.until) throw failed.error
    const work = () => exchangeOrAdopt(unwanted, force)
    try {
      await (shared?.exclusively(work) ?? work())
    } catch (error) {
      fail(error)
      throw error
    }
  }

  /** Takes over what another tab, or this page before its reload, has obtained, if that is news; or obtains it. */
  async function exchangeOrAdopt(unwanted?: string, force?: boolean): Promise<void> {
    const opened = await exchange.openKey()
    const stored = force ? undefined : await shared?.load().catch(() => undefined)
    const found = restoreGrant(config, stored, opened)
    if (found && isNews(found, unwanted)) return accept(found, 'shared')
    const next = await exchange.run(opened)
    lifetime.check()
    accept(next, 'exchange')
    await shared?.save(storeGrant(config, next)).catch(() => undefined)
  }

  function isNews(found: Grant, unwanted: string | undefined): boolean {
    const known = [unwanted, ...(grant?.tokens ?? []).map(({ token }) => token)]
    return found.tokens.every((one) => !known.includes(one.token) && remaining(found, one, clock) > 0)
  }

  function accept(next: Grant, source: 'exchange' | 'shared'): void {
    const name = grant ? 'refreshed' : 'token'
    grant = next
    failures = 0
    failed = undefined
    events.emit(name, {
      audiences: next.tokens.map(({ audience }) => audience),
      expiresIn: shortestLife(next),
      trace: next.trace,
      clockOffset: next.offset / 1000,
      source,
    })
    reschedule()
  }

  function fail(error: unknown): void {
    if (!(error instanceof AssayClientError) || error.code === 'closed') return
    const wait = backOff(++failures, error, chance())
    failed = { until: clock.monotonic() + wait, error }
    events.emit('refresh-failed', { error, retryIn: wait / 1000 })
    if (error.code === 'attestation_denied') events.emit('denied', { error, trace: error.trace })
    reschedule()
  }

  /** Sets the next exchange of the background, unless it is set: up to a tenth earlier, so that not all come at once. */
  function schedule(): void {
    if (!grant) return
    const due = untilRefresh(grant, clock) * (1 - chance() / 10)
    const allowed = (failed?.until ?? 0) - clock.monotonic()
    timer ??= timers.set(refresh, Math.max(due, allowed, 0), 'background')
  }

  function refresh(): void {
    timer = undefined
    // An app that asks for no token needs none: its next `get` starts again.
    if (clock.monotonic() - lastUse <= config.idleAfter) renew().catch(() => undefined)
  }

  function end(): void {
    timers.clear(timer)
    timer = undefined
  }

  function reschedule(): void {
    end()
    schedule()
  }

  return {
    get,
    wake() {
      if (failed && isOffline(failed.error)) failed = undefined
      reschedule()
    },
    end,
  }
}
