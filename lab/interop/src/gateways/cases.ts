import type { IncomingMessage } from 'node:http'
import { attestedFields, waivedField } from '@assay/guard/node'
import { app, audience, path as route, type World } from '../core/foreign-world.ts'
import type { CaseResult } from '../subject/subject.ts'

/** The fields of one request by which the API could learn of an app, as it saw them. */
export type Fields = Record<string, string>

/** What the API behind the gateway has seen, one entry for each request that reached it. */
export interface Seen {
  readonly method: string
  readonly fields: Fields
}

const forgery = 'forged'
const names = [...Object.values(attestedFields), waivedField]
/** Every field that the API may believe, as a caller would forge it. */
const forged = forge(names)
/** Backends such as WSGI and CGI take `-` and `_` for the same. */
const respelled = forge(names.flatMap(respellings))

function forge(fields: readonly string[]): Fields {
  return Object.fromEntries(fields.map((name) => [name, forgery]))
}

/** With `_` in the place of one `-`, or of each. */
function respellings(name: string): string[] {
  const [first = '', ...rest] = name.split('-')
  let spelled = [first]
  for (const part of rest) spelled = spelled.flatMap((before) => [`${before}-${part}`, `${before}_${part}`])
  return spelled.filter((each) => each !== name)
}

/** Under the name that a backend reads which makes no difference between `-` and `_`. An empty field says as much as none. */
export function assayFieldsOf({ headers }: IncomingMessage): Fields {
  const ours = Object.entries(headers).filter(([name, value]) => /^assay[-_]/.test(name) && value !== '')
  return Object.fromEntries(ours.map(([name, value]) => [name, String(value)]))
}

interface Try {
  readonly name: string
  readonly status: number
  readonly fields: Record<string, string>
  readonly target?: string
  readonly method?: string
  readonly body?: string
  /** Code of the problem body that the caller gets. */
  readonly code?: string
}

/** What an enforcing gateway lets through and refuses, and what API and caller learn. */
export async function runCases(
  world: World,
  url: string,
  seen: readonly Seen[],
  tooLarge: number,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  const tries = await triesOf(world, tooLarge)
  for (const each of tries) results.push({ name: each.name, fault: await faultOf(each, url) })
  results.push({ name: 'the API learns of the app from the guard alone', fault: learned(seen, tries) })
  return results
}

async function triesOf(world: World, tooLarge: number): Promise<Try[]> {
  const get = async (claims: object = {}) => world.proof({ htm: 'GET', ...claims })
  const attested = async (more: Record<string, string> = {}) => ({
    'OAuth-Client-Attestation': await world.token(),
    DPoP: await get(),
    ...more,
  })
  const again = await attested()
  const low = await world.token({ ear_status: 'warning' })
  const asking = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' }
  const other = await get({ htu: `${audience}/v1/other` })
  const code = 'invalid_dpop_proof'
  return [
    { name: 'a token and a proof', status: 200, fields: again },
    { name: 'the same once more', status: 401, fields: again, code },
    {
      name: 'a query, which no proof covers',
      status: 200,
      fields: await attested(),
      target: `${route}?page=2`,
    },
    { name: 'no token', status: 401, fields: {}, code: 'attestation_required' },
    {
      name: 'a tier that is not accepted',
      status: 403,
      fields: { ...(await attested()), 'OAuth-Client-Attestation': low },
      code: 'insufficient_attestation',
    },
    {
      name: 'fields that are too large',
      status: tooLarge,
      fields: await attested({ DPoP: 'x'.repeat(6500) }),
      code: 'fields_too_large',
    },
    { name: 'a proof for another path', status: 401, fields: await attested({ DPoP: other }), code },
    { name: 'a proof for another method', status: 401, fields: await attested(), method: 'DELETE', code },
    {
      name: 'what a caller says of the question',
      status: 401,
      fields: {
        'X-Original-URI': '/open',
        'X-Original-Method': 'GET',
        'X-Forwarded-Uri': '/open',
        'X-Forwarded-Method': 'GET',
      },
      code: 'attestation_required',
    },
    {
      name: 'another method and path by the fields of an override',
      status: 401,
      fields: await attested({ DPoP: other, 'X-HTTP-Method-Override': 'GET', 'X-Original-URL': '/v1/other' }),
      code,
    },
    { name: 'fields that the caller forges', status: 200, fields: await attested(forged) },
    {
      name: 'fields that the caller forges, with underscores',
      status: 200,
      fields: await attested(respelled),
    },
    {
      name: 'a body of 2 MB',
      status: 200,
      fields: await attested({ DPoP: await world.proof() }),
      method: 'POST',
      body: 'x'.repeat(2_000_000),
    },
    {
      name: 'a preflight, which has no token',
      status: 200,
      fields: { ...asking, ...forged },
      method: 'OPTIONS',
    },
    {
      name: 'a preflight that forges fields with underscores',
      status: 200,
      fields: { ...asking, ...respelled },
      method: 'OPTIONS',
    },
    {
      name: 'OPTIONS that is no preflight',
      status: 401,
      fields: {},
      method: 'OPTIONS',
      code: 'attestation_required',
    },
  ]
}

async function faultOf(each: Try, url: string): Promise<string | undefined> {
  const { status, fields: headers, target = route, method = 'GET', body, code } = each
  const response = await fetch(url + target, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  if (response.status !== status) return `${response.status} in the place of ${status}`
  if (status === 401 && response.headers.get('www-authenticate') === null) return '401 without a challenge'
  if (code === undefined) return undefined
  if (!text.includes(`"code":"${code}"`)) return `the body is ${JSON.stringify(text.slice(0, 200))}`
  const type = response.headers.get('content-type')
  return type?.startsWith('application/problem+json') === true ? undefined : `the type is ${type}`
}

function learned(seen: readonly Seen[], tries: readonly Try[]): string | undefined {
  const expected = JSON.stringify(
    names
      .filter((name) => name !== waivedField)
      .map(lower)
      .sort(),
  )
  const isWrong = ({ method, fields }: Seen) =>
    method === 'OPTIONS'
      ? Object.keys(fields).length > 0
      : JSON.stringify(Object.keys(fields).sort()) !== expected ||
        fields['assay-app'] !== app ||
        Object.values(fields).includes(forgery)
  const isComplete = seen.length === tries.filter(({ status }) => status === 200).length
  return isComplete && !seen.some(isWrong) ? undefined : `it saw ${JSON.stringify(seen)}`
}

const lower = (text: string) => text.toLowerCase()

/** A rollout lets the request through without the caller's own statements, and the guard says why. */
export async function runWaived(url: string, seen: readonly Seen[]): Promise<CaseResult> {
  const response = await fetch(url + route, { headers: { ...forged, ...respelled } })
  await response.arrayBuffer()
  const fields = seen.at(-1)?.fields ?? {}
  const isClean = JSON.stringify(fields) === JSON.stringify({ [waivedField.toLowerCase()]: 'TOKEN_MISSING' })
  return {
    name: 'forged fields without a token, under a rollout',
    fault:
      response.status === 200 && isClean ? undefined : `${response.status}, it saw ${JSON.stringify(fields)}`,
  }
}
