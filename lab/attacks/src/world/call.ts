import { randomUUID } from 'node:crypto'
import { AssayClientError } from '@assay/client'
import { headerNames } from '@assay/protocol'
import type { InstalledApp } from '@assay/testkit'
import { refused, served, type Outcome } from './outcome.ts'
import { shop, type Operator, type Target, type World } from './world.ts'

const requestIdHeader = 'x-request-id'

/** A request to an API, `GET /v1/orders` unless it says otherwise. */
export interface Call {
  method?: string
  path?: string
  headers?: Readonly<Record<string, string>>
}

/** Sends a request to an API and looks up the result in its log. */
export async function call(
  target: Target,
  { method = 'GET', path = shop.orders, headers = {} }: Call = {},
): Promise<Outcome> {
  const id = randomUUID()
  const response = await fetch(target.url + path, { method, headers: { ...headers, [requestIdHeader]: id } })
  return outcomeOf(response, target, id)
}

/** A call with token and proof as fields. */
export function present(token: string, proof: string): Record<string, string> {
  return { [headerNames.attestation]: token, [headerNames.dpop]: proof }
}

/** The device's app calls the API through its SDK. A refusal by the service counts as one by the API. */
export async function callFrom(
  device: InstalledApp,
  target: Target,
  world: World,
  call: Call = {},
): Promise<Outcome> {
  const id = randomUUID()
  const { method = 'GET', path = shop.orders, headers = {} } = call
  try {
    const response = await device.client.fetch(target.url + path, {
      method,
      headers: { ...headers, [requestIdHeader]: id },
    })
    return await outcomeOf(response, target, id)
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    return outcomeOfExchange(device, error, world)
  }
}

async function outcomeOf(response: Response, target: Target, id: string): Promise<Outcome> {
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return served(response.status)
  return refused(response.status, target.codeOf(id) ?? codeIn(body) ?? `HTTP_${response.status}`)
}

/** The outcome of the service, or of the SDK itself, on a failed exchange. */
export async function outcomeOfExchange(
  device: Pick<InstalledApp, 'exchanges'>,
  error: AssayClientError,
  world: { operator: Pick<Operator, 'codeOf'> },
): Promise<Outcome> {
  const last = device.exchanges.at(-1)
  // The SDK itself has refused.
  if (last === undefined || last.status < 400) return refused(0, `sdk:${error.code}`)
  return outcomeOfProblem(last.status, last.response, world)
}

/** Sends a body to the service: text and bytes as they are, anything else as JSON. */
export async function post(
  world: World,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(world.service + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body instanceof Uint8Array ? new Uint8Array(body) : text,
  })
  return outcomeOfAnswer(response, world)
}

/** The outcome that an app can see in the SDK's error. */
export async function outcomeOfError(
  { code, problem, trace }: Pick<AssayClientError, 'code' | 'problem' | 'trace'>,
  world: { operator: Pick<Operator, 'codeOf'> },
): Promise<Outcome> {
  if (problem === undefined) return refused(0, `sdk:${code}`)
  return outcomeOfProblem(403, { code: problem, trace }, world)
}

/** The outcome in an answer of the service. */
export async function outcomeOfAnswer(response: Response, world: Pick<World, 'operator'>): Promise<Outcome> {
  const body: unknown = await response.json().catch(() => undefined)
  return response.ok ? served(response.status) : outcomeOfProblem(response.status, body, world)
}

/** Looks up the real code of a denial by its trace id, as the operator can; callers see one code for all denials. */
async function outcomeOfProblem(
  status: number,
  problem: unknown,
  { operator }: { operator: Pick<Operator, 'codeOf'> },
): Promise<Outcome> {
  const { trace } = (problem ?? {}) as { trace?: unknown }
  const outward = codeIn(problem) ?? `HTTP_${status}`
  const real =
    outward === 'attestation_denied' && typeof trace === 'string' ? await operator.codeOf(trace) : outward
  return refused(status, real ?? outward)
}

function codeIn(body: unknown): string | undefined {
  const { code } = (body ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
