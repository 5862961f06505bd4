import type { Guard } from '@assay/guard'
import type { Dispatcher } from 'undici'
import type { ProxyConfig } from '../config/proxy-config.ts'
import type { Meter } from '../meter/meter.ts'
import type { FieldFilter } from '../request/fields.ts'
import type { HeldBodies } from '../request/held-bodies.ts'
import type { Route } from '../routes/route.ts'

/** The parts of a route that every request needs, made once. */
export interface ServedRoute {
  readonly route: Route
  readonly guard: Guard
  /** Undefined: its requests cost nothing that is counted. */
  readonly cost: { readonly price?: number | undefined } | undefined
  readonly passesField: { readonly any: FieldFilter; readonly identity: FieldFilter }
}

export interface ProxyParts {
  readonly config: ProxyConfig
  readonly served: ReadonlyMap<Route, ServedRoute>
  readonly meter: Meter
  readonly bodies: HeldBodies
  /** Connections to the upstreams. */
  readonly upstreams: Dispatcher
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly onExchange: (exchange: Exchange) => void
  readonly onFault: (fault: unknown) => void
}

/** The outcome of a request, for log lines and metrics. Nothing of it is secret, and nothing is the caller's but the path. */
export interface Exchange {
  readonly method: string
  /** `null` if the target has none. */
  readonly path: string | null
  readonly route: string | null
  /** Of the guard, the proxy or the meter; `null` if the upstream's answer was passed on. */
  readonly code: string | null
  /** The expectation of the guard and what came, which limit was exceeded, or which member was not admitted. */
  readonly detail: string | null
  /** Status of the answer; `null` if none could be sent. */
  readonly status: number | null
  /** Pairwise name of the installation, if the guard admitted it. */
  readonly installation: string | null
  readonly upstream: { readonly status: number; readonly milliseconds: number } | null
  /** `complete`, or `cut` because the caller left or the upstream broke off. */
  readonly end: 'complete' | 'cut'
  /** The charge for the request, where its route counts a cost and it was counted. */
  readonly charged: { readonly units: number; readonly money: number | null } | null
  /** Fields of the answer that held the secret. */
  readonly echoed: readonly string[]
}
