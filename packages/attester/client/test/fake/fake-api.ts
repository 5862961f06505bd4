import { createHash, createPublicKey, verify } from 'node:crypto'

export interface Seen {
  url: string
  method: string
  headers: Headers
  body: string
}

/** What an API does with a request; the default answers 200. */
export type Answer = (seen: Seen) => Response | undefined

export interface FakeApi {
  seen: Seen[]
  answers: Answer[]
  fetch: typeof globalThis.fetch
}

/** Every host that is not the service: it records what it sees and answers as specified, once for each answer. */
export function fakeApi(): FakeApi {
  const api: FakeApi = {
    seen: [],
    answers: [],
    async fetch(input, init) {
      const request = new Request(input, init)
      const seen = {
        url: request.url,
        method: init?.method ?? request.method,
        headers: request.headers,
        body: await request.text(),
      }
      api.seen.push(seen)
      return api.answers.shift()?.(seen) ?? new Response('ok')
    },
  }
  return api
}

export function refused(error: string, headers: Record<string, string> = {}): Answer {
  return () =>
    new Response('', { status: 401, headers: { 'WWW-Authenticate': `DPoP error="${error}"`, ...headers } })
}

export interface Proof {
  header: { typ: string; alg: string; jwk: { kty: string; crv: string; x: string; y: string } }
  claims: { jti: string; htm: string; htu: string; iat: number; ath?: string; nonce?: string }
}

/** The proof in `DPoP`, its signature verified. */
export function proofOf(headers: Headers): Proof {
  const [head = '', body = '', signature = ''] = (headers.get('DPoP') ?? '').split('.')
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  const header = read(head) as Proof['header']
  const key = createPublicKey({ key: header.jwk, format: 'jwk' })
  const signed = Buffer.from(`${head}.${body}`)
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) {
    throw new Error('the proof does not verify')
  }
  return { header, claims: read(body) as Proof['claims'] }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
