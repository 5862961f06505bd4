import type { TokenType } from '@assay/protocol'
import { AssayClientError, type ClientErrorCode } from '../errors/error.ts'
import type { Events } from '../runtime/events.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Lifetime } from '../runtime/lifetime.ts'
import type { ClientConfig } from '../options/options.ts'
import { backOff, backOffWhileRefused, isOffline, mostRefusals } from '../exchange/back-off.ts'
import {
  isClockInDoubt,
  remaining,
  remedyOf,
  shortestLife,
  untilRefresh,
  type Grant,
} from '../grant/grant.ts'
import { restoreGrant, storeGrant } from '../grant/stored-grant.ts'

/** A token with what its proof needs. */
export interface Held {
  grant: Grant
  token: string
  token_type?: TokenType
  /** Milliseconds for which it may still be sent. */
  left: number
}

/** Whether a token will do; if not, or if there is none yet, an exchange may give another. */
export type Accepts = (token: string | undefined) => boolean

export interface TokenSource {
  /**
   * An acceptable token; if no exchange is possible, an unacceptable one is an error.
   *
   * @throws AssayClientError
   */
  get(audience: string, accepts: Accepts): Promise<Held>
  /** The network is back: the pause after a failure ends, and a refresh that is due is made. */
  wake: () => void
  end(): void
}

const refusalEvents: { readonly [Code in ClientErrorCode]?: 'denied' | 'page-outdated' } = {
  attestation_denied: 'denied',
  page_outdated: 'page-outdated',
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
  /** The last of the denials in a row under one code; malfunctions between them do not count. */
  let refusal: AssayClientError | undefined
  let refusals = 0
  let timer: unknown
  let lastUse = 0

  async function get(audience: string, accepts: Accepts): Promise<Held> {
    lifetime.check()
    lastUse = clock.monotonic()
    const held = find(audience)
    if (held) schedule()
    const failure = isNeeded(held, accepts) && (await renew(accepts).catch((error: Error) => error))
    const found = find(audience)
    // A failure reaches every caller that is left without an acceptable token.
    if (found && (!failure || accepts(found.token))) return found
    throw (
      failure ||
      new AssayClientError('attestation_denied', {
        trace: grant?.trace,
        remedy: grant && remedyOf(grant, audience),
      })
    )
  }

  function find(audience: string): Held | undefined {
    return grant?.tokens
      .map((one) => ({ ...one, grant: grant as Grant, left: remaining(grant as Grant, one, clock) }))
      .find((held) => held.audience === audience && held.left > 0)
  }

  function isNeeded(held: Held | undefined, accepts: Accepts): boolean {
    if (!grant || !accepts(held?.token)) return true
    // If the service has just left this audience out, asking again would not help.
    return held ? isClockInDoubt(grant, clock) : untilRefresh(grant, clock) <= 0
  }

  /** One exchange at a time: callers that need one while it is under way share it. */
  function renew(accepts: Accepts): Promise<undefined> {
    return (inFlight ??= attempt(accepts).finally(() => {
      inFlight = undefined
    }))
  }

  async function attempt(accepts: Accepts): Promise<undefined> {
    const isDenied = refusals >= mostRefusals
    // Only a call that forces an exchange accepts no token at all: a user has tapped, perhaps as support told them to.
    const isForced = isDenied && !accepts(undefined)
    if (failed && clock.monotonic() < failed.until && !isForced) throw failed.error
    // Another tab may hold the lock for long.
    await lifetime
      .within(Infinity, () =>
        shared.exclusively(() => exchangeOrAdopt(accepts, isDenied && !isForced ? refusal : undefined)),
      )
      .catch(fail)
  }

  /**
   * Takes over what another tab, or this page before its reload, has obtained, if that is newer; otherwise obtains it.
   */
  async function exchangeOrAdopt(accepts: Accepts, denied?: AssayClientError): Promise<void> {
    const key = await exchange.openKey()
    const found = restoreGrant(config, await shared.load().catch(() => undefined), key)
    if (found && isNews(found, accepts)) return accept(found, 'shared')
    const next = await exchange.run(key, denied)
    accept(next, 'exchange')
    await shared.save(storeGrant(config, next)).catch(() => undefined)
  }

  function isNews(found: Grant, accepts: Accepts): boolean {
    return found.tokens.every(
      (one) =>
        accepts(one.token) &&
        !grant?.tokens.some(({ token }) => token === one.token) &&
        remaining(found, one, clock) > 0,
    )
  }

  function accept(next: Grant, source: 'exchange' | 'shared'): void {
    lifetime.check()
    const name = grant ? 'refreshed' : 'token'
    grant = next
    failures = refusals = 0
    failed = refusal = undefined
    events.emit(name, {
      audiences: next.tokens.map(({ audience }) => audience),
      expiresIn: shortestLife(next),
      trace: next.trace,
      clockOffset: next.offset / 1000,
      source,
    })
    reschedule()
  }

  function fail(error: unknown): never {
    if (error instanceof AssayClientError && error.code !== 'closed') {
      exchange.gaveUp(error)
      // What the service refuses for good.
      if (!error.retryable && error.problem) {
        refusals = error.problem === refusal?.problem ? refusals + 1 : 1
        refusal = error
      }
      const wait =
        refusals < mostRefusals ? backOff(++failures, error, chance()) : backOffWhileRefused(chance())
      failed = { until: clock.monotonic() + wait, error }
      events.emit('refresh-failed', { error, retryIn: wait / 1000 })
      const { code, trace, remedy } = error
      const name = refusalEvents[code]
      if (name) events.emit(name, { error, trace, remedy })
      reschedule()
    }
    throw error
  }

  /**
   * Schedules the next background exchange, unless it is scheduled: up to a tenth earlier, so that not all come at
   * once.
   */
  function schedule(): void {
    if (!grant) return
    const due = untilRefresh(grant, clock) * (1 - chance() / 10)
    const allowed = (failed?.until ?? 0) - clock.monotonic()
    // A timer of more than 2^31 - 1 ms would end at once.
    timer ??= timers.set(refresh, Math.min(Math.max(due, allowed, 0), 2 ** 31 - 1), 'background')
  }

  function refresh(): void {
    timer = undefined
    // An app that requests no token needs none: its next `get` starts again.
    if (clock.monotonic() - lastUse <= config.idleAfter) renew(() => true).catch(() => undefined)
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
      if (failed && isOffline(failed.error) && refusals < mostRefusals) failed = undefined
      reschedule()
    },
    end,
  }
}
