import { AssayClientError } from '@assay/client'
import type { Json } from '../case/case.ts'
import { base64url, sha256 } from '../material/bytes.ts'
import { member, Refusal, type Answering } from './answering.ts'
import { goodChallenge, timelessClient } from './served-client.ts'

interface ApiRequest {
  readonly url: string
  readonly method: string
  readonly authorization?: string
  readonly stream?: boolean
  readonly after?: number
  readonly answers: readonly { status: number; headers: Record<string, string>; text: string }[]
}

/** Through the public client's `fetch`, over a network that has the service and the APIs. */
export const answerProtectedFetch: Answering = async (input) => {
  const refusal = input['refusal'] as string | undefined
  const types = new Map((input['tokenTypes'] ?? []) as [string, string][])
  let now = 0
  let exchanges = 0
  let answers: ApiRequest['answers'] = []
  let calls: Json[] = []
  const service = (init: RequestInit, isChallenge: boolean): Response => {
    if (refusal !== undefined) return Response.json({ code: refusal }, { status: 403 })
    if (isChallenge) return goodChallenge()
    exchanges += 1
    const { client_data } = JSON.parse(init.body as string) as { client_data: string }
    const { audiences } = JSON.parse(Buffer.from(client_data, 'base64url').toString()) as {
      audiences: string[]
    }
    const tokens = audiences.map((audience) => ({
      audience,
      token: `${audience}#${exchanges}`,
      token_type: types.get(audience),
      expires_in: 900,
    }))
    return Response.json({ tokens, refresh_after: 800, server_time: 0, trace: 'rrrrrrrrrrrrrrrrrrrrrr' })
  }
  const client = timelessClient({
    audiences: Object.fromEntries(member<[string, string][]>(input, 'audiences')),
    authorizationServers: (input['authorizationServers'] ?? []) as string[],
    ...(input['withoutToken'] === 'send' && { withoutToken: 'send' as const }),
    clock: { monotonic: () => now, wall: () => now },
    fetch: async (url, init = {}) => {
      const path = /\/v1\/(challenges|attestations)$/.exec(url as string)?.[1]
      if (path !== undefined) return service(init, path === 'challenges')
      calls.push(seen(url as string, init))
      const { status, headers, text } = answers[0] as ApiRequest['answers'][number]
      answers = answers.slice(1)
      return new Response(status === 304 ? null : text, { status, headers })
    },
  })
  try {
    const output: Json[] = []
    for (const { url, method, authorization, stream, after = 0, answers: given } of member<ApiRequest[]>(
      input,
      'requests',
    )) {
      now += after
      answers = given
      calls = []
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
      const body = stream === true ? new ReadableStream() : undefined
      const { status } = await client.fetch(url, {
        method,
        headers,
        ...(body && { body, duplex: 'half' }),
      })
      output.push({ calls, status })
    }
    return output
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    throw new Refusal(error.code, { calls })
  } finally {
    client.close()
  }
}

function seen(url: string, { method = 'GET', headers }: RequestInit): Json {
  const fields = new Headers(headers)
  const attestation = fields.get('OAuth-Client-Attestation')
  // A token of ours names its exchange; a user's login does not.
  const [, scheme, access] = /^(\S+) (\S+#\d+)$/.exec(fields.get('Authorization') ?? '') ?? []
  const token = attestation ?? access
  const proof = fields.get('DPoP')
  const status = fields.get('Assay-Status')
  if (attestation !== null && access !== undefined) throw new Error('a token is sent in one field')
  const isProven = token !== undefined && scheme !== 'Bearer'
  if (isProven !== (proof !== null)) throw new Error('a token comes with a proof, and only so')
  const { nonce, ath } = JSON.parse(
    Buffer.from(proof?.split('.')[1] ?? 'e30', 'base64url').toString(),
  ) as Record<string, string>
  const isOwn = token !== undefined && ath === base64url(sha256(token))
  return {
    ...{ url, method, token: token === undefined ? null : Number(token.split('#')[1]) },
    ...(scheme !== undefined && { scheme }),
    ...(nonce !== undefined && { nonce }),
    ...(ath !== undefined && { ath: isOwn ? 'token' : ath }),
    ...(status !== null && { told: status }),
  }
}
