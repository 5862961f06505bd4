import { createPublicKey, verify } from 'node:crypto'
import { paths, type AttestationResponse, type Jwks } from '@assay/protocol'
import type { CreatedDevelopmentSecret } from '@assay/protocol/schemas'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp, audience as production } from '../../support/web-app.ts'

const app = 'com.example.dev'
const audience = 'http://127.0.0.1:3000'
const day = 24 * 60 * 60 * 1000
let service: ServiceUnderTest

const { x, y } = fixedKeyPair('P-256', 'developer').publicKey.export({ format: 'jwk' })
const key = { kty: 'EC', crv: 'P-256', x, y }

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  for (const id of [app, 'com.example.dev.other'])
    await service.call('POST', '/v1/apps', { body: { id, platform: 'web', development: true } })
  const api = { audience, apps: [app, webApp], tiers: ['warning'], development: true, token_lifetime: 900 }
  expect((await service.call('POST', '/v1/apis', { body: api })).status).toBe(201)
})
afterAll(() => service.close())

const addSecret = async (more: object = {}) =>
  (await service.call('POST', '/v1/development-secrets', { body: { app, name: 'Ada', ...more } }))
    .json as CreatedDevelopmentSecret

const ask = (secret: string, more: object = {}) => ({
  body: { v: 1, app, build: 'dev', sdk: 'test/0.0.0', key, audiences: [audience], secret, ...more },
  key: null,
})

/** The code that the operator finds. */
async function refusal(secret: string, more: object = {}): Promise<string> {
  const { code, trace } = await service.problem('POST', paths.developmentTokens, ask(secret, more))
  expect(code).toBe('development_refused')
  const find = () => service.call('GET', `/v1/attestations/${trace ?? ''}`)
  // Traces are written once a second.
  await expect.poll(async () => (await find()).status).toBe(200)
  return ((await find()).json as { code: string }).code
}

it('a secret gives tokens of tier none, bound to the key, by a key that production does not publish', async () => {
  const { secret, id } = await addSecret({ days: 1 })
  expect(secret).toMatch(/^assaydev_[A-Za-z0-9_-]{43}$/)
  const answer = await service.call('POST', paths.developmentTokens, ask(secret))
  expect(answer.status).toBe(200)
  const { tokens } = answer.json as AttestationResponse
  const [header = '', payload = '', signature = ''] = (tokens[0]?.token ?? '').split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, number>
  expect(claims).toMatchObject({
    sub: app,
    aud: audience,
    ear_status: 'none',
    development: true,
    mode: 'bound',
    cnf: { jwk: key },
  })
  expect((claims['exp'] as number) - (claims['iat'] as number)).toBeLessThanOrEqual(900)
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  const keysAt = async (path: string) => ((await service.call('GET', path, { key: null })).json as Jwks).keys
  expect((await keysAt(paths.jwks)).map((each) => each.kid)).not.toContain(kid)
  const [published] = await keysAt(paths.developmentJwks)
  expect(published?.kid).toBe(kid)
  const publicKey = createPublicKey({ key: { ...published } as never, format: 'jwk' })
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  expect(signed).toBe(true)
  await service.restart()
  expect((await keysAt(paths.developmentJwks))[0]?.kid).toBe(kid)
  const { secrets } = (await service.call('GET', '/v1/development-secrets')).json as { secrets: object[] }
  expect(secrets).toContainEqual(expect.objectContaining({ id, uses: 1, last_used_at: expect.any(String) }))
  expect(JSON.stringify(secrets)).not.toContain(secret)
})

describe('is refused, coded and kept', () => {
  it('a secret that does not exist, is revoked, of another app, or has expired', async () => {
    expect(await refusal('assaydev_none')).toBe('DEVELOPMENT_SECRET_UNKNOWN')
    const other = await addSecret({ app: 'com.example.dev.other' })
    expect(await refusal(other.secret)).toBe('DEVELOPMENT_SECRET_OTHER_APP')
    const revoked = await addSecret()
    await service.call('POST', `/v1/development-secrets/${revoked.id}/revoke`)
    expect(await refusal(revoked.secret)).toBe('DEVELOPMENT_SECRET_REVOKED')
    const { secret } = await addSecret({ days: 1 })
    expect((await service.call('POST', paths.developmentTokens, ask(secret))).status).toBe(200)
    service.advance(day)
    expect(await refusal(secret)).toBe('DEVELOPMENT_SECRET_EXPIRED')
  })

  it('a request for production, or one that is only half for development', async () => {
    const { secret } = await addSecret()
    for (const more of [
      { app: webApp },
      { app: webApp, audiences: [production] },
      { audiences: [production] },
      { audiences: [audience, production] },
    ])
      expect(await refusal(secret, more)).toBe('DEVELOPMENT_NOT_REGISTERED')
    expect((await service.call('POST', paths.developmentTokens, ask(secret))).status).toBe(200)
  })

  it('a request for an API whose tokens stock resource servers verify', async () => {
    const { secret } = await addSecret()
    const access = 'https://spring.example.com'
    const api = { audience: access, apps: [app], tiers: ['warning'], token: 'access' }
    expect((await service.call('POST', '/v1/apis', { body: api })).status).toBe(201)
    for (const audiences of [[access], [audience, access]])
      expect(await refusal(secret, { audiences })).toBe('DEVELOPMENT_TOKEN_KIND')
  })

  it('a secret for an app of production, for longer than 90 days, or one that is not there', async () => {
    const add = (body: object) => service.problem('POST', '/v1/development-secrets', { body })
    expect((await add({ app: webApp, name: 'x' })).errors).toEqual([
      { pointer: '/app', code: 'not_for_development' },
    ])
    expect((await add({ app, name: 'x', days: 91 })).code).toBe('request_invalid')
    expect((await add({ app: 'com.none', name: 'x' })).code).toBe('app_not_found')
    expect((await service.problem('POST', '/v1/development-secrets/none/revoke')).code).toBe(
      'development_secret_not_found',
    )
    expect((await service.problem('PATCH', `/v1/apps/${webApp}`, { body: { development: true } })).code).toBe(
      'request_invalid',
    )
  })
})

it('the audit log names who made and who revoked a secret, but not the secret', async () => {
  const { id, secret } = await addSecret()
  await service.call('POST', `/v1/development-secrets/${id}/revoke`)
  // Once more changes nothing.
  await service.call('POST', `/v1/development-secrets/${id}/revoke`)
  const entries = await auditEntries(service, 'limit=2')
  expect(entries).toMatchObject([
    { action: 'development-secret.revoke', object: id, after: { revoked_at: expect.any(String) } },
    {
      action: 'development-secret.add',
      object: id,
      key_name: 'first admin key',
      after: { app, name: 'Ada' },
    },
  ])
  expect(JSON.stringify(entries)).not.toContain(secret)
  expect(JSON.stringify(entries)).not.toMatch(/hash":"[0-9a-f]{64}/)
  await service.problem('POST', '/v1/development-secrets', { body: { app: 'com.none', name: 'x' } })
  expect((await auditEntries(service, 'limit=1'))[0]?.object).toBe(id)
})

it('a new key signs after a rotation, and the old one is no longer published', async () => {
  const kids = async () =>
    ((await service.call('GET', paths.developmentJwks, { key: null })).json as Jwks).keys.map(
      ({ kid }) => kid,
    )
  const before = await kids()
  const { kid: production } = (await service.call('POST', '/v1/signing-keys/rotate')).json as { kid: string }
  const after = await kids()
  expect(after).toHaveLength(1)
  expect(after).not.toEqual(before)
  expect(after).not.toContain(production)
  const { secret } = await addSecret()
  const { tokens } = (await service.call('POST', paths.developmentTokens, ask(secret)))
    .json as AttestationResponse
  const [header = ''] = (tokens[0]?.token ?? '').split('.')
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: after[0] })
  await service.restart()
  expect(await kids()).toEqual(after)
  expect(await auditEntries(service, 'action=secret.put')).toMatchObject([
    { object: 'development-signing-key', key_name: 'first admin key' },
  ])
})

it('refusals are counted by their code', async () => {
  await service.problem('POST', paths.developmentTokens, ask('assaydev_none'))
  await service.restart()
  const stats = await service.call('GET', `/v1/stats?by=code&app=${app}`)
  expect(stats.text).toContain('DEVELOPMENT_SECRET_UNKNOWN')
})

it('a verifier that reads only the JWKS of production refuses the token', async () => {
  const { secret } = await addSecret()
  const { tokens } = (await service.call('POST', paths.developmentTokens, ask(secret)))
    .json as AttestationResponse
  const verifyWith = async (path: string) => {
    const jwks = (await service.call('GET', path, { key: null })).json as JSONWebKeySet
    // The service's clock runs ahead of ours by now.
    return jwtVerify(tokens[0]?.token ?? '', createLocalJWKSet(jwks), { clockTolerance: 2 * 24 * 3600 })
  }
  await expect(verifyWith(paths.jwks)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
  expect((await verifyWith(paths.developmentJwks)).payload).toMatchObject({ sub: app })
})
