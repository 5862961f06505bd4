import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AdmittedRequest, Malfunction, Refusal } from '../guard/decision.ts'
import type { Waiver } from '../guard/rollout.ts'
import { fieldNameOf, type GuardRequest } from '../request/fields.ts'

/** A request as it came in, with the target that the client sent. */
export type NodeRequest = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>

/**
 * The request for {@link Guard.verify}. Fields are read as received (`rawHeaders`): Node's `headers` joins some
 * repeated fields and drops others.
 *
 * @param target What the client sent, if a framework has rewritten `request.url`.
 */
export function toGuardRequest(request: NodeRequest, target: string = request.url ?? ''): GuardRequest {
  const headers: Record<string, string[]> = {}
  const { rawHeaders } = request
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = fieldNameOf(rawHeaders[i] as string)
    if (name !== undefined) (headers[name] ??= []).push(rawHeaders[i + 1] as string)
  }
  return { method: request.method ?? '', url: target, headers }
}

/** Adds the fields of a decision to a response that has not been written yet. */
export function addFields(
  response: ServerResponse,
  { headers }: AdmittedRequest | Refusal | Malfunction | Waiver,
): void {
  for (const name in headers) response.setHeader(name, headers[name] as string)
}

/** Answers a request that was not admitted. */
export function sendProblem(response: ServerResponse, decision: Refusal | Malfunction): void {
  addFields(response, decision)
  response.statusCode = decision.status
  response.end(JSON.stringify(decision.body))
}
