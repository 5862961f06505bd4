import type { IncomingMessage, RequestListener } from 'node:http'
import type { Acceptance, Decision } from '../decision/decision.ts'
import type { Guard } from '../guard.ts'
import { guardOf, knownMembers, misuse } from '../options/misuse.ts'
import { addFields, sendDenial, toGuardRequest } from './node-request.ts'

export interface AuthRequestSettings {
  /** Field in which the gateway says the method of the request that it asks about. Default `X-Original-Method`. */
  method?: string
  /** Field in which it says the target of that request, as it came in. Default `X-Original-URI`. */
  uri?: string
  /** Whether every refusal is 401 or 403: `auth_request` of nginx takes any other status for a fault. Default: no. */
  plain?: boolean
}

/**
 * Fields of the answer to an accepted request, for the gateway to pass on in place of whatever the caller sent under
 * these names.
 */
export const attestedFields = {
  app: 'Assay-App',
  build: 'Assay-Build',
  platform: 'Assay-Platform',
  tier: 'Assay-Tier',
  holderKey: 'Assay-Holder-Key',
  installation: 'Assay-Installation',
} as const satisfies Partial<Record<keyof Acceptance, string>>

const members: Readonly<Record<keyof AuthRequestSettings, true>> = { method: true, uri: true, plain: true }
const fieldName = /^[A-Za-z0-9-]{1,64}$/

/**
 * A listener for gateways that ask another process about each request (`auth_request` of nginx, `forward_auth` of
 * Caddy):
 * 204 with {@link attestedFields} where the request may pass, the guard's answer where not. Anyone who reaches it
 * decides which request it judges, so it must be reachable for the gateway only, and the gateway must set both fields
 * itself: where one is missing or came twice the answer is 500, and nothing passes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function authRequestListener(guard: Guard, settings: AuthRequestSettings = {}): RequestListener {
  guardOf(guard)
  knownMembers('authRequestListener', settings, members)
  const methodField = checkField('method', settings.method ?? 'X-Original-Method')
  const uriField = checkField('uri', settings.uri ?? 'X-Original-URI')
  const { plain = false } = settings
  return (request, response) => {
    const method = only(request, methodField)
    const uri = only(request, uriField)
    if (method === undefined || uri === undefined) {
      response.writeHead(500, { 'Content-Length': 0 }).end()
      return
    }
    const asked = { ...toGuardRequest(request, uri), method }
    const judging = guard.verify(asked).then((decision) => {
      if (!decision.ok) return sendDenial(response, plain ? plainly(decision) : decision)
      addFields(response, decision)
      for (const [member, name] of Object.entries(attestedFields))
        response.setHeader(name, decision[member as keyof typeof attestedFields])
      response.writeHead(204).end()
    })
    judging.catch(() => void response.destroy())
  }
}

/** 429 and 431 as 403; a malfunction stays one. */
function plainly<D extends Exclude<Decision, Acceptance>>(decision: D): D {
  return decision.status === 429 || decision.status === 431 ? { ...decision, status: 403 } : decision
}

function only({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name.toLowerCase()]
  return values?.length === 1 ? values[0] : undefined
}

function checkField(name: string, value: unknown): string {
  if (typeof value !== 'string' || !fieldName.test(value)) throw misuse(name, 'the name of a field')
  return value
}
