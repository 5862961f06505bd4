import { mediaTypes } from '@assay/protocol'
import { app, audience, original } from '../growth/small-release.ts'
import type { Effort } from '../row/effort.ts'
import { bootSystem, type Filled } from './filled-service.ts'

/** Of a route at once. */
const callers = 60

/** A request of an operator's route, as expensive as a key may make it. */
export interface OperatorRequest {
  /** As the OpenAPI document names it. */
  readonly route: string
  readonly path: string
  readonly method?: string
  /** Default: 200. */
  readonly status?: number
  readonly body?: Buffer
  readonly mediaType?: string
  readonly callers: number
  /** With the key of scope `read`. */
  readonly isReader?: boolean
}

type Listed = Omit<OperatorRequest, 'callers'> & Partial<OperatorRequest>

const get = (path: string, of: string): Listed => ({ route: `GET ${of}`, path })

/** All others are compared with the first. */
export const requestsOf = (
  { trace, key, largeActs, policyDocument }: Filled,
  upload: Buffer,
  effort: Effort,
): readonly OperatorRequest[] => {
  const ofApp = `/v1/apps/${app}`
  const requests: Listed[] = [
    get('/v1/apps', '/v1/apps'),
    {
      ...{ route: 'POST /v1/keys', path: '/v1/keys', method: 'POST', status: 403, isReader: true },
      body: Buffer.from('{"name":"mine","scope":"admin"}'),
    },
    { route: 'PUT /v1/policies/{policy}', path: '/v1/policies/bloated', method: 'PUT', body: policyDocument },
    {
      ...{
        route: 'POST /v1/apps/{app}/builds',
        path: `${ofApp}/builds?id=upload&version_code=2`,
        method: 'POST',
      },
      // One reading at a time: others wait for it by themselves.
      ...{ status: 200, callers: 1, body: upload, mediaType: mediaTypes.zip },
    },
    get(ofApp, '/v1/apps/{app}'),
    get('/v1/apis?limit=1000', '/v1/apis'),
    get(`/v1/apis/${encodeURIComponent(audience)}`, '/v1/apis/{audience}'),
    get('/v1/keys?limit=1000', '/v1/keys'),
    get('/v1/evidence', '/v1/evidence'),
    get('/v1/policies?limit=1000', '/v1/policies'),
    get('/v1/policies/bloated', '/v1/policies/{policy}'),
    get('/v1/policies/bloated/versions?limit=1000', '/v1/policies/{policy}/versions'),
    get('/v1/policies/bloated/versions/1', '/v1/policies/{policy}/versions/{version}'),
    get(`/v1/policies/bloated/compare?from=1&to=${largeActs}`, '/v1/policies/{policy}/compare'),
    get(`${ofApp}/builds?limit=1000`, '/v1/apps/{app}/builds'),
    get(`${ofApp}/builds/${original}`, '/v1/apps/{app}/builds/{build}'),
    get(`${ofApp}/bans?limit=1000`, '/v1/apps/{app}/bans'),
    get(`${ofApp}/allow`, '/v1/apps/{app}/allow'),
    get(`${ofApp}/activity?days=30`, '/v1/apps/{app}/activity'),
    get(`${ofApp}/activity/builds?limit=1000`, '/v1/apps/{app}/activity/builds'),
    get('/v1/attestations?limit=1000', '/v1/attestations'),
    get(`/v1/attestations/${trace}`, '/v1/attestations/{trace}'),
    get('/v1/stats?by=app,build,code&limit=1000', '/v1/stats'),
    get('/v1/stats/installations?by=build,code&limit=1000', '/v1/stats/installations'),
    get(`${ofApp}/rollout`, '/v1/apps/{app}/rollout'),
    get('/v1/service', '/v1/service'),
    get('/v1/unregistered-builds', '/v1/unregistered-builds'),
    get('/v1/development-secrets?limit=1000', '/v1/development-secrets'),
    get('/v1/audit?limit=1000', '/v1/audit'),
    get('/v1/audit?limit=1000&object=nothing', '/v1/audit'),
    get(`/v1/audit/${largeActs}`, '/v1/audit/{number}'),
    get('/v1/audit/verify', '/v1/audit/verify'),
    get('/v1/boot-keys', '/v1/boot-keys'),
    get(`/v1/boot-keys/${bootSystem}`, '/v1/boot-keys/{system}'),
    get(`${ofApp}/installations?limit=1000`, '/v1/apps/{app}/installations'),
    get(`${ofApp}/installations/${key}`, '/v1/apps/{app}/installations/{key}'),
  ]
  return requests.map((request) => ({ ...request, callers: effort(request.callers ?? callers, 1) }))
}

/** What is read of the service's OpenAPI document. */
export interface RouteDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly security?: readonly unknown[] }>>>
  >
}

/** Routes of operators that are read, and that no request is for. */
export function missingRoutes(
  { paths }: RouteDocument,
  requests: readonly Pick<OperatorRequest, 'route'>[],
): string[] {
  const read = Object.entries(paths).flatMap(([path, { get: operation }]) =>
    operation?.security === undefined || operation.security.length === 0 ? [] : [`GET ${path}`],
  )
  const asked = new Set(requests.map(({ route }) => route))
  // A stream has places of its own: four for each key.
  return read.filter((route) => !asked.has(route) && route !== 'GET /v1/outcomes')
}
