import type { AdmissibleTier, TokenKind, TokenMode } from '@assay/protocol'
import { ProxyConfigError } from '../faults/config-error.ts'
import { createCallerAddress, type CallerAddress } from '../request/caller-address.ts'
import { allowedMembersOf, type AllowedMembers } from '../routes/allowed-members.ts'
import { isOwnField } from '../request/fields.ts'
import { stepsOf } from '../request/json-pointer.ts'
import { MeterRulesError, readMeterRules, reservesByBody } from '../meter/read-rules.ts'
import type { MeterRules } from '../meter/rules.ts'
import { parsePathPattern } from '../routes/path-pattern.ts'
import { findOverlap, type JsonRule, type Route } from '../routes/route.ts'
import type { Secrets, SecretSource } from '../secrets/secrets.ts'
import { meetsDemand, type Demand } from '../routes/demand.ts'
import type { ConfigForm, RouteForm } from './form.ts'

/** Everything that a proxy serves, checked. */
export interface ProxyConfig {
  readonly issuer: string
  readonly audience: string
  readonly apps: readonly string[]
  readonly tiers: readonly AdmissibleTier[]
  readonly tokenKind: TokenKind
  readonly mode: TokenMode
  readonly publicBaseUrl: string | undefined
  readonly hasStatusList: boolean
  readonly isDevelopment: boolean
  readonly demandsNonces: boolean
  readonly origins: readonly string[]
  readonly addressOf: CallerAddress
  readonly routes: readonly Route[]
  /** One for each route. */
  readonly meterRules: readonly MeterRules[]
}

/** Bytes. */
const defaultMostBody = 10 * 1024 * 1024
const mostJsonBody = 1024 * 1024
/** Seconds. */
const defaultTime = { answer: 60, idle: 60, total: 600 }

/** @throws ProxyConfigError if the configuration contradicts itself, or a secret is missing */
export function checkConfig(form: ConfigForm, secrets: Secrets): ProxyConfig {
  const addressOf = createCallerAddress(form.trusted_proxies ?? [])
  if (addressOf === undefined)
    throw new ProxyConfigError('PROXY_CONFIG_PROXY', '/trusted_proxies: a member is no address or network')
  const routes = form.routes.map((route, at) => routeOf(route, form, secrets, `/routes/${at}`))
  if (new Set(routes.map(({ name }) => name)).size !== routes.length)
    throw new ProxyConfigError('PROXY_CONFIG_FORM', '/routes: two have the same name')
  const overlap = findOverlap(routes)
  if (overlap !== undefined)
    throw new ProxyConfigError(
      'PROXY_CONFIG_ROUTES_OVERLAP',
      `/routes: ${overlap[0].name} and ${overlap[1].name} take the same requests`,
    )
  return {
    issuer: form.issuer,
    audience: form.audience,
    apps: form.apps,
    tiers: form.tiers,
    tokenKind: form.token_kind ?? 'attestation',
    mode: form.mode ?? 'bound',
    publicBaseUrl: form.public_base_url,
    hasStatusList: form.status_list === true,
    isDevelopment: form.development === true,
    demandsNonces: form.nonces === true,
    origins: form.origins ?? [],
    addressOf,
    routes,
    meterRules: routes.map((route, at) => meterRulesOf(form, route, at)),
  }
}

function meterRulesOf(form: ConfigForm, of: Route, at: number): MeterRules {
  const { name, tiers, time, upgrade, methods } = of
  const longest = Math.ceil(Math.max(time.total, upgrade?.mostTime ?? 0) / 1000)
  try {
    const route = {
      route: name,
      tiers,
      development: form.development === true,
      longest,
      mostBodyBytes: form.routes[at]?.body?.most_bytes,
      hasNoBody: methods.every((method) => method === 'GET' || method === 'HEAD'),
      budgets: form.budgets ?? [],
    }
    return readMeterRules(form.routes[at]?.meter, route)
  } catch (error) {
    if (!(error instanceof MeterRulesError)) throw error
    throw new ProxyConfigError('PROXY_CONFIG_METER', `/routes/${at}/meter: ${error.message}`)
  }
}

function routeOf(form: RouteForm, all: ConfigForm, secrets: Secrets, place: string): Route {
  const path = parsePathPattern(form.path)
  if (path === undefined) throw new ProxyConfigError('PROXY_CONFIG_PATH', `${place}/path: is no pattern`)
  // The reservation may depend on members of the body, which must then be read.
  const reserve = form.meter?.cost?.reserve
  const readsBody = form.json !== undefined || (reserve !== undefined && reservesByBody(reserve))
  const json = readsBody ? jsonRuleOf(form, `${place}/json`) : undefined
  const { answer_seconds, idle_seconds, total_seconds } = form.time ?? {}
  const mostBody = form.body?.most_bytes ?? (json === undefined ? defaultMostBody : mostJsonBody)
  if (json !== undefined && mostBody > mostJsonBody)
    throw new ProxyConfigError('PROXY_CONFIG_JSON', `${place}/body: JSON is read up to ${mostJsonBody} bytes`)
  const {
    cache_control: cacheControl = 'private, no-store',
    redirects,
    strip,
    drop_fields,
  } = form.answers ?? {}
  if (form.upgrade !== undefined && !form.methods.includes('GET'))
    throw new ProxyConfigError('PROXY_CONFIG_FORM', `${place}/upgrade: a WebSocket begins with GET`)
  if (form.upgrade !== undefined && strip === true)
    throw new ProxyConfigError('PROXY_CONFIG_FORM', `${place}/answers/strip: does not reach a WebSocket`)
  return {
    name: form.name,
    methods: form.methods,
    path,
    upstream: upstreamOf(form, `${place}/upstream`),
    injected: injectedOf(form, secrets, `${place}/inject`),
    keepsCookies: form.cookies === 'keep',
    apps: form.apps ?? all.apps,
    tiers: form.tiers ?? all.tiers,
    mostBodyBytes: mostBody,
    time: {
      answer: (answer_seconds ?? defaultTime.answer) * 1000,
      idle: (idle_seconds ?? defaultTime.idle) * 1000,
      total: (total_seconds ?? defaultTime.total) * 1000,
    },
    json,
    answers: {
      cacheControl: cacheControl === 'keep' ? undefined : cacheControl,
      passesRedirects: redirects === 'pass',
      dropped: new Set(drop_fields?.map((name) => name.toLowerCase())),
      strips: strip === true,
    },
    upgrade:
      form.upgrade === undefined
        ? undefined
        : { mostTime: form.upgrade.most_seconds * 1000, mostBytes: form.upgrade.most_bytes },
  }
}

/** This machine, so that nobody is on the way. */
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

function upstreamOf({ upstream, plain_http }: RouteForm, place: string): Route['upstream'] {
  const url = URL.canParse(upstream) ? new URL(upstream) : undefined
  const isBare =
    url !== undefined &&
    url.username === '' &&
    url.password === '' &&
    !/[?#\\%]|\/\.{1,2}(?:\/|$)/.test(upstream)
  if (!isBare)
    throw new ProxyConfigError('PROXY_CONFIG_UPSTREAM', `${place}: is no URL of scheme, host and path`)
  const isPrivate =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && (plain_http === true || loopback.test(url.hostname)))
  if (!isPrivate)
    throw new ProxyConfigError('PROXY_CONFIG_UPSTREAM', `${place}: is not https, nor http to this machine`)
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') }
}

function injectedOf({ inject }: RouteForm, secrets: Secrets, place: string): Route['injected'] {
  const { fields = {}, query = {} } = inject
  const fault = (message: string) => new ProxyConfigError('PROXY_CONFIG_INJECTION', `${place}${message}`)
  if (Object.keys(fields).length + Object.keys(query).length === 0)
    throw fault(': names no field and no parameter')
  for (const name of Object.keys(fields))
    if (isOwnField(name)) throw fault(`/fields: ${name} is set by the proxy`)
  for (const names of [Object.keys(fields), Object.keys(query)])
    if (new Set(names.map((name) => name.toLowerCase())).size !== names.length)
      throw fault(': has a name twice')
  const open = (of: string, sources: Readonly<Record<string, SecretSource>>) =>
    Object.entries(sources).map(([name, source]) => ({
      name: of === 'fields' ? name.toLowerCase() : name,
      secret: secrets.open(source, `${place}/${of}/${name}`),
    }))
  return { fields: open('fields', fields), query: open('query', query) }
}

function jsonRuleOf({ json, methods }: RouteForm, place: string): JsonRule {
  const fault = (message: string) => new ProxyConfigError('PROXY_CONFIG_JSON', `${place}${message}`)
  const { demand = {}, set: setForm = {}, only } = json ?? {}
  const set = Object.entries(setForm).map(([pointer, each]) => ({ pointer, ...settingOf(each) }))
  if (json !== undefined && only === undefined && Object.keys(demand).length + set.length === 0)
    throw fault(': demands nothing and sets nothing')
  if (methods.some((method) => !['POST', 'PUT', 'PATCH'].includes(method)))
    throw fault(': the body of a GET, HEAD or DELETE is not read')
  const pointers = [...Object.keys(demand), ...set.map(({ pointer }) => pointer)]
  for (const pointer of pointers)
    if (pointers.some((other) => other.startsWith(`${pointer}/`)))
      throw fault(`: ${pointer} is demanded or set, and a member of it too`)
  for (const { pointer, value } of set) {
    const rule = demand[pointer]
    if (rule !== undefined && !meetsDemand(value, demandOf(rule)))
      throw fault(`/set: ${pointer} is not what is demanded`)
  }
  const allowed = only === undefined ? undefined : allowedMembersOf(only.map(stepsOf))
  for (const [pointer, rule] of Object.entries(demand)) {
    const isSet = set.some((each) => each.pointer === pointer && each.when.length === 0)
    if (allowed !== undefined && !('absent' in rule) && !isSet && !isAllowed(allowed, stepsOf(pointer)))
      throw fault(`/demand: ${pointer} is none of the members of only`)
  }
  return {
    demands: Object.entries(demand).map(([pointer, rule]) => ({
      path: stepsOf(pointer),
      demand: demandOf(rule),
    })),
    sets: set.map(({ pointer, ...each }) => ({ path: stepsOf(pointer), ...each })),
    only: allowed,
  }
}

type SettingForm = NonNullable<NonNullable<RouteForm['json']>['set']>[string]

function settingOf(form: SettingForm): Pick<JsonRule['sets'][number], 'value' | 'when'> {
  if (typeof form !== 'object') return { value: form, when: [] }
  const when = Object.entries(form.when).map(([pointer, value]) => ({ path: stepsOf(pointer), value }))
  return { value: form.value, when }
}

function isAllowed({ below }: AllowedMembers, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || below.size === 0) return true
  const next = below.get(name) ?? below.get('*')
  return next !== undefined && isAllowed(next, rest)
}

function demandOf(form: NonNullable<NonNullable<RouteForm['json']>['demand']>[string]): Demand {
  if ('one_of' in form) return { kind: 'one_of', values: form.one_of }
  if ('absent' in form) return { kind: 'absent' }
  if ('is' in form) return { kind: 'one_of', values: [form.is] }
  return { kind: 'at_most', most: form.at_most }
}
