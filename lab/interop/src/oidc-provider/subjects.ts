import { randomBytes } from 'node:crypto'
import { headerNames, jwtTypes } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import { app } from '../core/foreign-world.ts'
import type { Listening } from '../subject/resources.ts'
import { install } from '../subject/subject.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'
import { startIssuer, type Issuer } from './assay.ts'
import { hookOfGuide, type MakeHook } from './hook.ts'
import { startProvider, type Method, type ProviderVersion } from './provider.ts'

const versions: readonly ProviderVersion[] = [
  { version: '9.13.3', draft: 'draft-12' },
  { version: '9.12.2', draft: 'draft-10' },
]

/** A third-party authorization server accepts tokens and proofs, with the hook from the guide. */
export const oidcProviderSubjects: readonly Subject[] = versions.map((version) => ({
  id: `oidc-provider:${version.version.replace(/\.\d+$/, '')}`,
  run: () => runOn(version),
}))

const tiers = ['affirming']

async function runOn(version: ProviderVersion): Promise<CaseResult[]> {
  const folder = await install(`oidc-provider-${version.version}`, { 'oidc-provider': version.version })
  const makeHook = await hookOfGuide(folder)
  await using issuer = await startIssuer()
  const methods: Method[] = ['attest_jwt_client_auth']
  if (version.draft === 'draft-12') methods.push('attest_jwt_client_auth_dpop')
  const results: CaseResult[] = []
  for (const method of methods)
    results.push(...(await runMethod(folder, version, method, { issuer, makeHook })))
  return results
}

interface Given {
  readonly issuer: Issuer
  readonly makeHook: MakeHook
}

async function runMethod(
  folder: string,
  version: ProviderVersion,
  method: Method,
  { issuer, makeHook }: Given,
): Promise<CaseResult[]> {
  await using hooked = await startProvider(folder, version, method, (url) =>
    makeHook({ service: issuer.url, audience: url, tiers }),
  )
  await using unhooked = await startProvider(folder, version, method, (url) => {
    const { getAttestationSignaturePublicKey } = makeHook({ service: issuer.url, audience: url, tiers })
    return { getAttestationSignaturePublicKey }
  })
  const results: CaseResult[] = []
  for (const each of casesOf(issuer, method)) {
    const provider = each.unhooked === true ? unhooked : hooked
    results.push({ name: `${method}: ${each.name}`, fault: await faultOf(each, provider, method) })
  }
  return results
}

interface OAuthCase {
  readonly name: string
  readonly token: (url: string) => string
  readonly key: SoftwareKey
  /** The result of the request with the server's nonce or challenge in the proof. */
  readonly expect: 'served' | 'invalid_client' | 'invalid_request' | 'invalid_dpop_proof'
  /** Whether the same proof is sent once more. */
  readonly twice?: boolean
  readonly unhooked?: boolean
}

function casesOf(issuer: Issuer, method: Method): OAuthCase[] {
  const { token, installation: key } = issuer
  const elsewhere = 'https://api.example.com'
  const other = createSoftwareKey()
  const refused = 'invalid_client'
  return [
    { name: 'a token and a proof', token: (url) => token(url), key, expect: 'served' },
    { name: 'a token for another API', token: () => token(elsewhere), key, expect: refused },
    {
      name: 'a token for another API, without the hook',
      token: () => token(elsewhere),
      key,
      expect: 'served',
      unhooked: true,
    },
    {
      name: 'a tier that is not accepted',
      token: (url) => token(url, { tier: 'warning' }),
      key,
      expect: refused,
    },
    {
      name: 'a bearer token',
      token: (url) => token(url, { mode: 'bearer' }),
      key,
      expect: refused,
    },
    {
      name: 'a token of another issuer under the same key',
      token: (url) => token(url, { issuer: 'https://other.example' }),
      key,
      expect: refused,
    },
    {
      name: 'a token of another app',
      token: (url) => token(url, { app: 'com.example.other' }),
      key,
      // It contradicts the request's client_id.
      expect: 'invalid_request',
    },
    {
      name: 'a token that has expired',
      token: (url) => token(url, { now: Math.floor(Date.now() / 1000) - 1800 }),
      key,
      expect: refused,
    },
    {
      name: 'a forged token',
      token: (url) => forged(token(url), other),
      key,
      expect: refused,
    },
    { name: 'a proof by another key', token: (url) => token(url), key: other, expect: refused },
    {
      name: 'a proof that comes again',
      token: (url) => token(url),
      key,
      expect: method === 'attest_jwt_client_auth' ? refused : 'invalid_dpop_proof',
      twice: true,
    },
  ]
}

function forged(token: string, key: SoftwareKey): string {
  const [header = '', payload = ''] = token.split('.')
  const open = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object
  return signJws(open(header), open(payload), key)
}

async function faultOf(
  { token, key, expect, twice = false }: OAuthCase,
  { url }: Listening,
  method: Method,
): Promise<string | undefined> {
  const attestation = token(url)
  const first = await ask(url, attestation, proofs(method, url, key))
  // The server states its demand with 400 and JSON, not with 401 and a challenge.
  const asked = method === 'attest_jwt_client_auth' ? 'use_attestation_challenge' : 'use_dpop_nonce'
  if (first.error !== asked)
    return first.error === expect ? undefined : `${first.error} in the place of ${asked}`
  if (first.status !== 400) return `${asked} came with ${first.status}`
  const again = proofs(method, url, key, first)
  const second = await ask(url, attestation, again)
  const last = twice && second.error === undefined ? await ask(url, attestation, again) : second
  const seen = last.error ?? 'served'
  if (seen !== expect) return `${seen} in the place of ${expect}`
  return seen === 'served' && second.tokenType !== 'DPoP' ? 'the access token is not bound' : undefined
}

interface Answer {
  readonly status: number
  readonly error: string | undefined
  readonly tokenType: string | undefined
  readonly nonce: string | null
  readonly challenge: string | null
}

/** One DPoP proof for both, or the draft's PoP JWT together with a DPoP proof that binds the access token. */
function proofs(method: Method, url: string, key: SoftwareKey, asked?: Answer): Record<string, string> {
  const dpop = (claims: object) => forgeProof(key, 'POST', `${url}/token`, claims)
  if (method === 'attest_jwt_client_auth_dpop')
    return { [headerNames.dpop]: dpop(asked?.nonce ? { nonce: asked.nonce } : {}) }
  const claims = {
    aud: url,
    jti: randomBytes(16).toString('base64url'),
    iat: Math.floor(Date.now() / 1000),
    ...(asked?.challenge ? { challenge: asked.challenge } : {}),
  }
  const pop = signJws({ typ: jwtTypes.attestationPop, alg: 'ES256' }, claims, key)
  return { [headerNames.attestationPop]: pop, [headerNames.dpop]: dpop({}) }
}

async function ask(url: string, token: string, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { ...headers, [headerNames.attestation]: token },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: app }),
  })
  const body = (await response.json()) as { error?: string; token_type?: string }
  return {
    status: response.status,
    error: body.error,
    tokenType: body.token_type,
    nonce: response.headers.get(headerNames.dpopNonce),
    challenge: response.headers.get(headerNames.attestationChallenge),
  }
}
