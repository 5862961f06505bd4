import { thumbprintInput, type PublicJwk } from '@assay/protocol'
import type { Json } from '../case/case.ts'
import { base64url, sha256 } from '../material/bytes.ts'

interface Open {
  resolve(response: Response): void
  reject(error: unknown): void
}

/** How a step answers a call. */
export interface Answered {
  readonly call: number
  readonly fault?: 'network'
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
  readonly text?: string
}

/** Records what is sent, and answers on command. */
export interface FakeNetwork {
  fetch: typeof globalThis.fetch
  answer(answered: Answered): void
  /** What was sent since it was last asked. */
  taken(): Json[]
}

export function fakeNetwork(): FakeNetwork {
  const open: Open[] = []
  const bodies: unknown[] = []
  let calls: Json[] = []
  return {
    fetch(input, init) {
      const url = input as string
      bodies.push(init?.body)
      const body = JSON.parse(init?.body as string) as Readonly<Record<string, Json>>
      calls.push({
        url,
        body: url.endsWith('/v1/challenges') ? { ...body, sdk: 'SDK' } : attested(body, bodies),
      })
      return new Promise((resolve, reject) => open.push({ resolve, reject }))
    },
    answer({ call, fault, status = 200, headers = {}, body, text = JSON.stringify(body) }) {
      const { resolve, reject } = open[call - 1] as Open
      if (fault === 'network') reject(new TypeError('fetch failed'))
      else resolve(new Response(text, { status, headers }))
    },
    taken() {
      const taken = calls
      calls = []
      return taken
    },
  }
}

/**
 * What of client data and evidence a scenario looks at. The same bytes as before are shown as the number of that call.
 */
function attested(body: Readonly<Record<string, Json>>, bodies: readonly unknown[]): Json {
  const { challenge, key, reference } = JSON.parse(
    Buffer.from(body['client_data'] as string, 'base64url').toString(),
  ) as {
    challenge: string
    key: PublicJwk
    reference?: string
  }
  const evidence = (body['evidence'] as { format: string }[]).map(({ format }) => format)
  const first = bodies.indexOf(bodies[bodies.length - 1]) + 1
  const seen = {
    challenge,
    key: base64url(sha256(thumbprintInput(key))),
    evidence,
    ...(reference !== undefined && { reference }),
  }
  return first === bodies.length ? seen : { ...seen, same: first }
}
