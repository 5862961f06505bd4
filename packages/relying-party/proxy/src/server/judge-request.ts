import type { IncomingMessage } from 'node:http'
import type { AdmittedRequest, GuardRequest, Malfunction } from '@assay/guard'
import { toGuardRequest } from '@assay/guard/node'
import { corsFields, preflightFields, readPreflight } from '../answer/cors.ts'
import { problemOf, withError, type OwnAnswer, type ProxyCode } from '../faults/problem.ts'
import type { MeterAnswer } from '../meter/meter.ts'
import { readFraming, valuesOf } from '../request/fields.ts'
import { readTarget, type Target } from '../request/target.ts'
import { findRoute } from '../routes/route.ts'
import { upstreamPath } from '../upstream/upstream-request.ts'
import type { ProxyParts, ServedRoute } from './proxy-parts.ts'

/** A request that may go on: its target and fields are sound, it has a route, and the guard has admitted it. */
export interface JudgedRequest {
  readonly ok: true
  readonly served: ServedRoute
  readonly target: Target
  /** Path and query at the upstream, with the parameters that the route injects. */
  readonly upstreamPath: string
  /** Bytes of the body; undefined: it comes in chunks. */
  readonly bodyLength: number | undefined
  readonly caller: AdmittedRequest
  readonly guardRequest: GuardRequest
  readonly address: string | undefined
  /** Fields of every answer to it. */
  readonly headers: Readonly<Record<string, string>>
}

/** A request that the proxy answers itself. */
export interface EndedRequest {
  readonly ok: false
  readonly answer: OwnAnswer
  /** `null` for a preflight. */
  readonly code: string | null
  readonly detail: string | null
  readonly route: string | null
  readonly path: string | null
}

/** Judges a request by everything but its body: the cheapest check first, and the guard last. */
export async function judgeRequest(
  parts: ProxyParts,
  request: IncomingMessage,
  isUpgrade: boolean,
): Promise<JudgedRequest | EndedRequest> {
  const { config } = parts
  const { method = '', url = '', rawHeaders } = request
  const origins = valuesOf(rawHeaders, 'origin')
  const [origin] = origins
  const headers = corsFields(config.origins, origins)
  const target = readTarget(url)
  const path = typeof target === 'string' ? null : target.path
  const end = (code: ProxyCode, route: string | null = null, more: Readonly<Record<string, string>> = {}) =>
    ({
      ok: false,
      answer: problemOf(code, { ...headers, ...more }),
      code,
      detail: null,
      route,
      path,
    }) as const
  if (typeof target === 'string') return end(target)
  const framing = readFraming({ method, rawHeaders })
  if (!framing.ok) return end('PROXY_FIELDS')
  const preflight = readPreflight(
    method,
    origin,
    valuesOf(rawHeaders, 'access-control-request-method')[0],
    valuesOf(rawHeaders, 'access-control-request-headers')[0],
  )
  const found = findRoute(config.routes, preflight?.method ?? method, target.path)
  if (!found.ok)
    return end(found.code, null, found.code === 'PROXY_METHOD' ? { Allow: found.methods.join(', ') } : {})
  const { route } = found
  if (preflight !== undefined) {
    const isAllowed = headers['Access-Control-Allow-Origin'] !== undefined
    const fields = isAllowed ? preflightFields(preflight) : {}
    const answer = { status: 204, headers: { ...headers, ...fields }, body: '' }
    return { ok: false, answer, code: null, detail: null, route: route.name, path }
  }
  if (
    isUpgrade
      ? route.upgrade === undefined || framing.upgrade !== 'websocket' || method !== 'GET'
      : framing.upgrade !== undefined
  )
    return end('PROXY_UPGRADE', route.name)
  const sentTo = upstreamPath(route, target)
  if (sentTo === null) return end('PROXY_QUERY', route.name)
  if ((framing.bodyLength ?? 0) > route.mostBodyBytes) return end('PROXY_BODY_TOO_LARGE', route.name)
  const served = parts.served.get(route) as ServedRoute
  const guardRequest = toGuardRequest(request)
  const decision = await served.guard.verify(guardRequest)
  if (!decision.ok) return { ...refusedBy(decision, headers), route: route.name, path }
  return {
    ok: true,
    served,
    target,
    upstreamPath: sentTo,
    bodyLength: framing.bodyLength,
    caller: decision,
    guardRequest,
    address: config.addressOf(request.socket.remoteAddress, valuesOf(rawHeaders, 'x-forwarded-for')),
    headers: { ...headers, ...decision.headers },
  }
}

type NotAdmitted = Malfunction | Extract<MeterAnswer, { ok: false }>

/** The answer that guard or meter give, with the fields that every answer has. */
export function refusedBy(
  refusal: NotAdmitted,
  more: Readonly<Record<string, string>>,
): Pick<EndedRequest, 'ok' | 'answer' | 'code' | 'detail'> {
  const { status, headers, body, code } = refusal
  const answer = { status, headers: { ...more, ...headers }, body: JSON.stringify(withError(body)) }
  return { ok: false, answer, code, detail: detailOf(refusal) }
}

function detailOf(refusal: NotAdmitted): string | null {
  if ('exceeded' in refusal) {
    const { scope, unit, limit, window } = refusal.exceeded
    return `${unit} of ${scope}: ${limit}${window === null ? '' : ` in ${window} s`}`
  }
  return 'detail' in refusal ? refusal.detail : null
}
