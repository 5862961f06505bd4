import { attestationPop, type AssayClient } from '@assay/client'
import type { PublicJwk } from '@assay/protocol'
import type { Json } from '../case/case.ts'
import { isMisuse, member, orMisuse, Refusal, type Answering, type Input } from './answering.ts'
import { generousService, timelessClient } from './served-client.ts'

/** Through the public client: what it sends, and to whom. */
export const answerProofs: Answering = async (input) => {
  switch (input['op']) {
    case 'proof':
      return proof(input)
    case 'pop':
      return pop(input)
    case 'endpoint':
      return endpoint(member(input, 'url'))
    case 'protected':
      return audienceOf(member(input, 'audiences'), member(input, 'url'))
    default:
      throw new Refusal('UNKNOWN_OP')
  }
}

async function proof(input: Input): Promise<Json> {
  const url = member<string>(input, 'url')
  const publicJwk = member<PublicJwk>(input, 'key')
  const key = { publicJwk, sign: () => new Uint8Array(64) }
  const jti = Buffer.from(member<string>(input, 'jti'), 'base64url')
  const client = timelessClient({
    audiences: { [new URL(url).origin]: 'a' },
    keyStore: { open: async () => key, renew: async () => key },
    fetch: generousService(member(input, 'iat')),
    random: (length) => (length === 16 ? jti : new Uint8Array(length)),
  })
  const { method, authorization, nonce } = input
  const headers = await client.proof({ method, url, authorization, nonce } as Parameters<
    AssayClient['proof']
  >[0])
  client.close()
  return partsOf(headers['DPoP'] as string)
}

async function pop(input: Input): Promise<Json> {
  const url = 'https://as.example/token'
  const jti = Buffer.from(member<string>(input, 'jti'), 'base64url')
  const client = timelessClient({
    audiences: { 'https://as.example': member(input, 'audience') },
    proof: attestationPop,
    fetch: generousService(member(input, 'iat')),
    random: (length) => (length === 16 ? jti : new Uint8Array(length)),
  })
  const headers = await client.proof({ method: 'POST', url, nonce: member(input, 'nonce') })
  client.close()
  return partsOf(headers['OAuth-Client-Attestation-PoP'] as string)
}

function partsOf(jwt: string): Json {
  const [header, payload] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: header as string, payload: payload as string }
}

async function endpoint(url: string): Promise<string> {
  let asked = ''
  const client = orMisuse(() =>
    timelessClient({
      endpoints: [url],
      fetch: async (input) => (
        (asked = input as string),
        Response.json({ code: 'request_invalid' }, { status: 400 })
      ),
    }),
  )
  await client.getToken().catch(() => undefined)
  client.close()
  return asked.replace(/\/v1\/challenges$/, '')
}

async function audienceOf(audiences: readonly (readonly [string, string])[], url: string): Promise<string> {
  const client = orMisuse(() =>
    timelessClient({ audiences: Object.fromEntries(audiences), fetch: generousService() }),
  )
  try {
    const headers = await client.proof({ method: 'GET', url })
    return (headers['OAuth-Client-Attestation'] as string).replace(/^for:/, '')
  } catch (error) {
    throw isMisuse(error) ? new Refusal('NOT_PROTECTED') : error
  } finally {
    client.close()
  }
}
