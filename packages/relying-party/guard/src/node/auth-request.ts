import type { IncomingMessage, RequestListener } from 'node:http'
import { guardOf, knownMembers, misuse } from '../faults/misuse.ts'
import type { AdmittedRequest, Malfunction, Refusal } from '../guard/decision.ts'
import type { Guard } from '../guard/guard.ts'
import { isAdmitted, type Rollout, settling, type Waiver } from '../guard/rollout.ts'
import { sendProblem, toGuardRequest } from './node-request.ts'
import { checkPages, pageFields, type PageSettings } from './page-fields.ts'

/**
 * With `origins`, pages of these origins may read what is answered for requests that do not pass. What the API answers
 * is its own: it also answers their preflights.
 */
export interface AuthRequestSettings extends Partial<PageSettings> {
  /** Field in which the gateway states the method of the request that it asks about. Default `X-Original-Method`. */
  method?: string
  /** Field in which it states the target of that request, as received. Default `X-Original-URI`. */
  uri?: string
  /**
   * Whether the question has the method and the target of the request itself (Envoy's `ext_authz` without a path prefix), and
   * no fields state them.
   */
  itself?: true
  /**
   * Whether every refusal is 401 or 403: nginx's `auth_request` treats any other status as a fault. Default: no. With it,
   * a refusal has its code in {@link problemField} as well, since nginx drops its body.
   */
  plain?: boolean
  rollout?: Rollout
  /**
   * Under a rollout, the field in which the gateway states the address of the caller. Default `X-Real-IP`. Of several
   * addresses, separated by commas, the last counts: a gateway appends its own to what the caller sent.
   */
  address?: string
}

/**
 * Fields of the answer to an admitted request, which the gateway passes on in place of whatever the caller sent under
 * these names.
 */
export const attestedFields = {
  app: 'Assay-App',
  build: 'Assay-Build',
  platform: 'Assay-Platform',
  tier: 'Assay-Tier',
  holderKey: 'Assay-Holder-Key',
  installation: 'Assay-Installation',
} as const satisfies Partial<Record<keyof AdmittedRequest, string>>

/**
 * Field of the answer to a request that passes only because the rollout does not enforce yet: the guard's code. The
 * answer has none of {@link attestedFields} then.
 */
export const waivedField = 'Assay-Waived'

/** Field of a refusal for gateways that drop its body: the code of the problem document. */
export const problemField = 'Assay-Problem'

const attestedMembers = Object.entries(attestedFields) as [keyof typeof attestedFields, string][]
const members: Readonly<Record<keyof AuthRequestSettings, true>> = {
  method: true,
  uri: true,
  itself: true,
  plain: true,
  rollout: true,
  address: true,
  origins: true,
  credentials: true,
}
const fieldName = /^[A-Za-z0-9-]{1,64}$/

/**
 * A listener for gateways that ask another process about each request (`auth_request` of nginx, `forward_auth` of
 * Caddy):
 * 204 with {@link attestedFields} and {@link waivedField} if the request may pass, otherwise the guard's answer. Each of these
 * fields is always there, and empty where it says nothing: some gateways put a placeholder in the place of a field that is
 * missing. Whoever reaches it decides
 * which request it judges, so only the gateway may reach it, and the gateway must set both fields itself: if one is
 * missing or came twice, the answer is 500 and nothing passes.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function authRequestListener(guard: Guard, settings: AuthRequestSettings = {}): RequestListener {
  guardOf(guard)
  knownMembers('authRequestListener', settings, members)
  const methodField = checkField('method', settings.method ?? 'X-Original-Method')
  const uriField = checkField('uri', settings.uri ?? 'X-Original-URI')
  const addressField = checkField('address', settings.address ?? 'X-Real-IP')
  const { plain = false, rollout } = settings
  const itself = settings.itself === true
  const pages = checkPages(settings)
  const settle = settling(
    'authRequestListener',
    rollout === undefined ? {} : { rollout },
    (request: IncomingMessage) => lastOf(only(request, addressField)),
  )
  return (request, response) => {
    const method = itself ? request.method : only(request, methodField)
    const uri = itself ? request.url : only(request, uriField)
    if (method === undefined || uri === undefined) {
      response.writeHead(500, { 'Content-Length': 0 }).end()
      return
    }
    const asked = { ...toGuardRequest(request, uri), method }
    const judging = guard.verify(asked).then(async (decision) => {
      const settled = await settle(decision, request)
      if (!settled.ok) {
        const forPages = pageFields(pages, valuesOf(request, 'origin'))
        for (const name in forPages) response.setHeader(name, forPages[name] as string)
        if (plain) response.setHeader(problemField, settled.body.code)
        return sendProblem(response, plain ? plainly(settled) : settled)
      }
      response.writeHead(204, answerOf(settled)).end()
    })
    judging.catch(() => void response.destroy())
  }
}

/** Names and values in turn: what Node writes without a table of its own, since a gateway asks about every request. */
function answerOf(settled: AdmittedRequest | Waiver): string[] {
  const answer = Object.entries(settled.headers).flat()
  const attested = isAdmitted(settled) ? settled : undefined
  for (const [member, name] of attestedMembers) answer.push(name, attested?.[member] ?? '')
  answer.push(waivedField, isAdmitted(settled) ? '' : settled.decision.code)
  return answer
}

/** 429 and 431 become 403; a malfunction stays one. */
function plainly(decision: Refusal | Malfunction): Refusal | Malfunction {
  return decision.status === 429 || decision.status === 431 ? { ...decision, status: 403 } : decision
}

function only(request: IncomingMessage, name: string): string | undefined {
  const [value, ...more] = valuesOf(request, name)
  return more.length === 0 ? value : undefined
}

function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const field = rawHeaders[i] as string
    if (field.length === name.length && field.toLowerCase() === name) values.push(rawHeaders[i + 1] as string)
  }
  return values
}

function lastOf(list: string | undefined): string | undefined {
  return list?.slice(list.lastIndexOf(',') + 1).trim()
}

function checkField(name: string, value: unknown): string {
  if (typeof value !== 'string' || !fieldName.test(value)) throw misuse(name, 'the name of a field')
  return value.toLowerCase()
}
