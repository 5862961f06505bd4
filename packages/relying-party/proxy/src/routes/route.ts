import type { AdmissibleTier } from '@assay/protocol'
import type { AllowedMembers } from './allowed-members.ts'
import type { Secret } from '../secrets/secrets.ts'
import type { Demand, Scalar } from './demand.ts'
import { matchesPath, patternsOverlap, type PathPattern } from './path-pattern.ts'

/** Which requests pass, where to, and with what. */
export interface Route {
  readonly name: string
  readonly methods: readonly string[]
  readonly path: PathPattern
  readonly upstream: {
    /** Scheme, host and port. */
    readonly origin: string
    /** Precedes the path of the request. Without a slash at its end. */
    readonly path: string
  }
  readonly injected: {
    /** Names in lower case. */
    readonly fields: readonly { readonly name: string; readonly secret: Secret }[]
    readonly query: readonly { readonly name: string; readonly secret: Secret }[]
  }
  readonly keepsCookies: boolean
  readonly apps: readonly string[]
  readonly tiers: readonly AdmissibleTier[]
  readonly mostBodyBytes: number
  /** Milliseconds. */
  readonly time: { readonly answer: number; readonly idle: number; readonly total: number }
  /** Undefined: the body is not read. */
  readonly json: JsonRule | undefined
  readonly answers: {
    /** Undefined: as the upstream says. */
    readonly cacheControl: string | undefined
    readonly passesRedirects: boolean
    /** Names of fields, in lower case, that callers do not get. */
    readonly dropped: ReadonlySet<string>
    readonly strips: boolean
  }
  /** Undefined: none. Milliseconds and bytes, both ways together. */
  readonly upgrade: { readonly mostTime: number; readonly mostBytes: number } | undefined
}

export interface JsonRule {
  /** Member names from the top, one for each step. */
  readonly demands: readonly { readonly path: readonly string[]; readonly demand: Demand }[]
  readonly sets: readonly {
    readonly path: readonly string[]
    readonly value: Scalar
    /** Members that must have these values; otherwise nothing is set. */
    readonly when: readonly { readonly path: readonly string[]; readonly value: Scalar }[]
  }[]
  /** Undefined: any member. */
  readonly only: AllowedMembers | undefined
}

/** The route of a request, or why there is none. */
export type FoundRoute =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly code: 'PROXY_ROUTE' }
  | { readonly ok: false; readonly code: 'PROXY_METHOD'; readonly methods: readonly string[] }

export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute {
  const methods: string[] = []
  for (const route of routes) {
    if (!matchesPath(route.path, path)) continue
    if (route.methods.includes(method)) return { ok: true, route }
    methods.push(...route.methods)
  }
  return methods.length === 0
    ? { ok: false, code: 'PROXY_ROUTE' }
    : { ok: false, code: 'PROXY_METHOD', methods: [...new Set(methods)] }
}

/** Two routes that take the same request, if there are any. */
export function findOverlap(routes: readonly Route[]): readonly [Route, Route] | undefined {
  for (const [at, route] of routes.entries())
    for (const other of routes.slice(at + 1))
      if (
        route.methods.some((method) => other.methods.includes(method)) &&
        patternsOverlap(route.path, other.path)
      )
        return [route, other]
  return undefined
}
