import { randomUUID } from 'node:crypto'
import type { Api } from './scene.ts'
import type { Code } from '../attack/sdks.ts'

/** The outcome of several tries at the same attack: served if any was, otherwise every code that occurred. */
export function allCodes(codes: readonly Code[]): Code {
  return codes.includes(null) ? null : [...new Set(codes)].sort().join(',')
}

/** Sends a request to an API, and looks up the result in its log. */
export async function sendToApi(
  api: Api,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<Code> {
  const id = randomUUID()
  await fetch(`${api.url}/v1/orders`, { method, headers: { ...headers, 'x-request-id': id } })
  const decision = api.decisions.find(({ requestId }) => requestId === id)
  return decision === undefined ? 'NO_DECISION' : decision.code
}
