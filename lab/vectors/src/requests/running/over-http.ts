import { createWebCrypto, type AdmittedRequest, type Guard, type GuardCrypto } from '@assay/guard'
import type { RawRequest, RequestCase, StatedDecision, Step } from '../form/request-case.ts'
import { differenceOf, type CheckedCase } from './check-cases.ts'
import { sendRaw, type RawResponse } from './raw-http.ts'
import { type CaseGuard, commonFields, guardOf, stated } from './run-case.ts'

/** A server whose every path is behind the guard. */
export interface Served {
  readonly port: number
  close(): Promise<unknown>
}

export interface Adapter {
  /**
   * Starts a server. Its handler calls `reached` and answers 200 with the JSON of what the guard has left for it, unless
   * `attestedOf` says otherwise.
   */
  start(guard: Guard, reached: () => void): Promise<Served>
  /** Cases whose requests the server turns away by itself, or hands on as another one. */
  readonly leavesOut: readonly string[]
  /** What the answer to a served request says of the caller: some members of `attested`. Default: the body. */
  readonly attestedOf?: (response: RawResponse) => Readonly<Record<string, unknown>>
  /** Status of a served request. Default 200. */
  readonly served?: number
  /** Status where the guard itself fails, if the server says one. */
  readonly onBroken?: number
}

/** Fields that only decisions have. */
const decisionFields = ['WWW-Authenticate', 'Retry-After', 'DPoP-Nonce', 'OAuth-Client-Attestation-Challenge']

/**
 * The cases over real sockets. Those that the server leaves out are `skipped`; one that is listed as such and answered as
 * any other is a fault, so that no list outlives its reason.
 */
export async function checkOverHttp(
  cases: readonly RequestCase[],
  adapter: Adapter,
  crypto: GuardCrypto = createWebCrypto(),
): Promise<CheckedCase[]> {
  let current: CaseGuard | undefined
  let reached = 0
  const guard: Guard = {
    verify: (request) => (current as CaseGuard).verify(request),
    ready: async () => undefined,
    forRoute: () => guard,
    singleUse: 'once_per_node',
  }
  const { port, close } = await adapter.start(guard, () => void reached++)
  const send = async (step: Step): Promise<RawResponse | undefined> => {
    reached = 0
    current?.begin(step)
    const [response] = await sendRaw(port, textOf(step.request))
    return response
  }
  const faultOf = async ({ input, output }: RequestCase): Promise<string | undefined> => {
    current = guardOf(input.configuration, crypto)
    for (const [i, step] of input.steps.entries()) {
      const response = await send(step)
      const fault = differs(adapter, response, output[i] as StatedDecision, reached, step.request.method)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  const results: CheckedCase[] = []
  try {
    for (const one of cases) {
      const fault = await faultOf(one)
      if (!adapter.leavesOut.includes(one.id)) results.push({ name: one.id, fault })
      else if (fault === undefined) results.push({ name: one.id, fault: 'is listed as left out' })
      else results.push({ name: one.id, skipped: 'the server turns it away, or changes it' })
    }
  } finally {
    await close()
  }
  return results
}

function differs(
  { attestedOf = attestedIn, served = 200 }: Adapter,
  response: RawResponse | undefined,
  wanted: StatedDecision,
  reached: number,
  method: string,
): string | undefined {
  if (response === undefined) return 'no answer'
  const isServed = wanted.status === 200
  if (response.status !== (isServed ? served : wanted.status))
    return `${response.status} in the place of ${wanted.status}`
  if (isServed !== reached > 0) return `the handler was reached ${reached} times`
  const expected = isServed ? wanted.fields : { ...wanted.fields, ...commonFields }
  for (const name of new Set([...decisionFields, ...Object.keys(expected)])) {
    const values = response.fields[name.toLowerCase()] ?? []
    const isEqual = values.length < 2 && sameField(values[0], expected[name])
    if (!isEqual) return `${name}: ${values.join(' | ')} in the place of ${expected[name]}`
  }
  if (isServed) return differenceIn(attestedOf(response), wanted.attested ?? {})
  // The answer to HEAD has no body.
  if (method === 'HEAD') return undefined
  const { type, status, code } = JSON.parse(response.body) as Readonly<Record<string, unknown>>
  const { answer } = wanted
  return differenceOf(
    { type, status, code },
    { type: `urn:assay:problem:${answer}`, status: wanted.status, code: answer },
  )
}

/** Some frameworks add the character set. */
function sameField(value: string | undefined, expected: string | undefined): boolean {
  return value === expected || (expected !== undefined && value?.split(';')[0] === expected)
}

function attestedIn({ body }: RawResponse): Readonly<Record<string, unknown>> {
  return stated(JSON.parse(body) as AdmittedRequest).attested ?? {}
}

function differenceIn(
  seen: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): string | undefined {
  const same = Object.fromEntries(Object.keys(seen).map((name) => [name, wanted[name]]))
  return Object.keys(seen).length === 0 ? 'nobody is named' : differenceOf(seen, same)
}

function textOf({ method, target, fields }: RawRequest): string {
  const lines = [...fields, ['Connection', 'close'], ['Content-Length', '0']]
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
