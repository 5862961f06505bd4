import type { KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, CompactSign, type JWK } from 'jose'
import {
  mediaTypes,
  provenanceStatement,
  type ProblemDocument,
  type ProvenanceParameters,
} from '@assay/protocol'
import type { ApiKey, Build, CreatedApiKey } from '@assay/protocol/schemas'
import { buildIpa } from '@assay/testkit'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { addBuild, challenge, registerWebApp, scripts, webApp, webDevice } from '../support/web-app.ts'
import { zipOf } from '../support/zip-file.ts'

let service: ServiceUnderTest
/** Digest of the scripts, as the service reads them. */
let imageDigest: string

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  imageDigest = (await addBuild(service, 'by-admin')).image_digest
  await service.call('POST', '/v1/apps', { body: { id: 'ios', platform: 'ios', package: 'com.example.ios' } })
})
afterAll(() => service.close())

const newKey = async (body: object): Promise<CreatedApiKey> =>
  (await service.call('POST', '/v1/keys', { body })).json
const pipeline = async (...apps: string[]) =>
  (await newKey({ name: 'pipeline', scope: 'registration', apps })).secret

let keys = 0

/** A pair of the pipeline, its public half registered for `apps`. */
async function signerFor(apps: string[], type: 'ec' | 'ed25519' = 'ec', more: object = {}) {
  const { publicKey, privateKey } = fixedKeyPair(
    type === 'ec' ? 'P-256' : 'Ed25519',
    `pipeline ${(keys += 1)}`,
  )
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  const jwk = kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  const key: ApiKey = await newKey({ name: 'signer', scope: 'provenance', apps, public_key: jwk, ...more })
  return { jwk: jwk as JWK, key, privateKey }
}

/** Seconds since 1970. */
const now = () => Math.floor(service.now() / 1000)

const parameters = (build: string, more: object = {}): ProvenanceParameters => ({
  issuer: service.url,
  iat: now(),
  exp: now() + 86_400,
  app: webApp,
  build,
  version_code: 7,
  base: null,
  coverage: 'image',
  abis: null,
  variant: null,
  channel: null,
  difference_until: null,
  ...more,
})

async function sign(
  { jwk, privateKey }: { jwk: JWK; privateKey: KeyObject },
  statement: object,
  header: object = {},
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({
      alg: jwk.kty === 'EC' ? 'ES256' : 'Ed25519',
      typ: 'assay-provenance+jws',
      kid: await calculateJwkThumbprint(jwk),
      ...header,
    })
    .sign(privateKey)
}

function add(
  id: string,
  key: string,
  { provenance, query = '&version_code=7' }: { provenance?: string; query?: string } = {},
) {
  return service.call('POST', `/v1/apps/${webApp}/builds?id=${id}${query}`, {
    body: zipOf(scripts),
    key,
    headers: {
      'content-type': mediaTypes.zip,
      ...(provenance === undefined ? {} : { 'assay-provenance': provenance }),
    },
  })
}

describe('a web build that a registration key brings', () => {
  it('is pending and gets no challenge, until an admin activates it', async () => {
    const key = await pipeline(webApp)
    expect(await add('unsigned', key)).toMatchObject({ status: 201, json: { state: 'pending' } })
    const device = webDevice({ build: 'unsigned' })
    await expect(challenge(service, device)).rejects.toThrow('build_not_registered')
    const activate = `/v1/apps/${webApp}/builds/unsigned/activate`
    expect((await service.problem('POST', activate, { key })).code).toBe('scope_insufficient')
    expect((await service.call('POST', activate)).json).toMatchObject({ state: 'active' })
    expect((await challenge(service, device)).plan).toBeDefined()
    expect((await service.call('POST', activate)).json).toMatchObject({ state: 'active' })
  })

  it('becomes active when somebody who may says so later: an admin, or the pipeline by its signature', async () => {
    const key = await pipeline(webApp)
    await add('later-1', key)
    expect(await add('later-1', service.adminKey)).toMatchObject({ status: 200, json: { state: 'active' } })
    await add('later-2', key)
    const provenance = await sign(
      await signerFor([webApp]),
      provenanceStatement(parameters('later-2'), imageDigest, 'urn:x'),
    )
    expect(await add('later-2', key, { provenance })).toMatchObject({
      status: 200,
      json: { state: 'active' },
    })
    expect(await add('later-2', key)).toMatchObject({ status: 200, json: { state: 'active' } })
  })

  it.each(['ec', 'ed25519'] as const)('is active with provenance by a registered %s key', async (type) => {
    const statement = provenanceStatement(parameters(`signed-${type}`), imageDigest, 'urn:x')
    const provenance = await sign(await signerFor([webApp], type), statement)
    const added = await add(`signed-${type}`, await pipeline(webApp), { provenance })
    expect(added).toMatchObject({ status: 201, json: { state: 'active' } })
  })

  it('has first days if the provenance names them, and never by a registration key alone', async () => {
    const key = await pipeline(webApp)
    const until = now() + 3600
    const first = `&difference_until=${encodeURIComponent(new Date(until * 1000).toISOString())}`
    const query = `&version_code=7${first}`
    expect(await add('first-days', key, { query })).toMatchObject({
      status: 403,
      json: { code: 'scope_insufficient' },
    })
    const provenanceOf = async (more: object) =>
      sign(
        await signerFor([webApp]),
        provenanceStatement(parameters('first-days', more), imageDigest, 'urn:x'),
      )
    for (const difference_until of [null, until + 1])
      expect(
        await add('first-days', key, { query, provenance: await provenanceOf({ difference_until }) }),
      ).toMatchObject({ status: 422, json: { errors: [{ pointer: '/difference_until' }] } })
    const provenance = await provenanceOf({ difference_until: until })
    expect(await add('first-days', key, { query, provenance })).toMatchObject({
      status: 201,
      json: { state: 'active', difference_until: new Date(until * 1000).toISOString() },
    })
  })

  it.each([
    ['in the past', -1, 'past'],
    ['later than 14 days', 14 * 86_400 + 60, 'too_big'],
    ['with parts of a second', 60.5, 'not_whole_seconds'],
  ])('has no first days that end %s', async (_when, seconds, code) => {
    const until = (at: number) => new Date((now() + at) * 1000).toISOString()
    const query = `&version_code=7&difference_until=${encodeURIComponent(until(seconds))}`
    expect(await add('no-first-days', service.adminKey, { query })).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/difference_until', code }] },
    })
  })

  it('has first days from an admin later too, until 14 days after it was registered', async () => {
    const patch = (difference_until: string | null) =>
      service.call('PATCH', `/v1/apps/${webApp}/builds/by-admin`, { body: { difference_until } })
    const inDays = (days: number) => new Date((now() + days * 86_400) * 1000).toISOString()
    const within = inDays(13)
    expect(await patch(within)).toMatchObject({ status: 200, json: { difference_until: within } })
    expect(await patch(inDays(15))).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/difference_until', code: 'too_big' }] },
    })
    const body = { difference_until: null }
    const key = await pipeline(webApp)
    expect((await service.problem('PATCH', `/v1/apps/${webApp}/builds/by-admin`, { key, body })).code).toBe(
      'scope_insufficient',
    )
    expect(await patch(null)).toMatchObject({ status: 200, json: { difference_until: null } })
    const { entries } = (await service.call('GET', '/v1/audit?action=build.update')).json as {
      entries: { number: number }[]
    }
    const act = (await service.call('GET', `/v1/audit/${entries[1]?.number ?? 0}`)).json
    expect(act).toMatchObject({
      object: `${webApp}/by-admin`,
      before: { difference_until: null },
      after: { difference_until: expect.any(String) },
    })
  })

  it('cannot be activated once it is retired', async () => {
    await add('gone', await pipeline(webApp))
    await service.call('POST', `/v1/apps/${webApp}/builds/gone/retire`)
    const problem = await service.problem('POST', `/v1/apps/${webApp}/builds/gone/activate`)
    expect(problem.code).toBe('build_retired')
    expect((await service.problem('POST', `/v1/apps/${webApp}/builds/none/activate`)).code).toBe(
      'build_not_found',
    )
  })
})

describe('provenance is refused', () => {
  const good = () => provenanceStatement(parameters('wrong'), imageDigest, 'urn:x')
  const refused = async (provenance: string, query?: string) => {
    const answer = await add('wrong', await pipeline(webApp), {
      provenance,
      ...(query === undefined ? {} : { query }),
    })
    expect(answer).toMatchObject({ status: 422, json: { code: 'provenance_invalid' } })
    expect((await service.call('GET', `/v1/apps/${webApp}/builds/wrong`)).status).toBe(404)
    return (answer.json as ProblemDocument).errors
  }

  it.each<[string, string, () => object]>([
    ['about another build', '/build', () => ({ build: 'other' })],
    ['about another app', '/app', () => ({ app: 'com.example.other' })],
    ['about another version code', '/version_code', () => ({ version_code: 8 })],
    ['about an update', '/base', () => ({ base: 'by-admin' })],
    ['about another coverage', '/coverage', () => ({ coverage: 'entry' })],
    ['about no coverage', '/coverage', () => ({ coverage: null })],
    ['about another channel', '/channel', () => ({ channel: 'beta' })],
    ['about first days that nobody asked for', '/difference_until', () => ({ difference_until: now() + 60 })],
    ['about the ABIs of splits', '/abis', () => ({ abis: ['arm64-v8a'] })],
    ['for a service for tests', '/issuer', () => ({ issuer: 'https://staging.example' })],
    ['signed by a clock that is ahead', '/iat', () => ({ iat: now() + 400, exp: now() + 600 })],
    ['of a far future', '/iat', () => ({ iat: now() + 1e8, exp: now() + 1e8 + 60 })],
    ['that has ended', '/exp', () => ({ iat: now() - 86_400, exp: now() })],
    ['of 200 days ago', '/exp', () => ({ iat: now() - 200 * 86_400, exp: now() - 199 * 86_400 })],
  ])('%s, and says so', async (_what, pointer, changed) => {
    const statement = provenanceStatement(parameters('wrong', changed()), imageDigest, 'urn:x')
    expect(await refused(await sign(await signerFor([webApp]), statement))).toMatchObject([{ pointer }])
  })

  it.each<[string, () => object]>([
    ['with a parameter that nobody compares', () => ({ more: true })],
    ['that holds for more than a day', () => ({ exp: now() + 86_401 })],
    ['that ends before it begins', () => ({ exp: now() })],
    ['with a time in words', () => ({ exp: 'tomorrow' })],
    ['about a variant, of which there are none', () => ({ variant: 'play' })],
    ['about a channel, of which there are none', () => ({ channel: 'beta' })],
  ])('%s', async (_what, changed) => {
    const statement = provenanceStatement(parameters('wrong', changed()), imageDigest, 'urn:x')
    await refused(await sign(await signerFor([webApp]), statement))
  })

  it.each(['issuer', 'iat', 'exp', 'coverage', 'abis', 'variant', 'channel'] as const)(
    'that does not say %s',
    async (name) => {
      const { [name]: _, ...others } = parameters('wrong')
      const statement = provenanceStatement(others as ProvenanceParameters, imageDigest, 'urn:x')
      await refused(await sign(await signerFor([webApp]), statement))
    },
  )

  it('with a member that nobody knows, at any place where something is compared', async () => {
    const signer = await signerFor([webApp])
    const { subject, predicate, ...rest } = good()
    const more = { more: 1 }
    const [first] = subject
    const predicates = [
      { ...predicate, ...more },
      { ...predicate, buildDefinition: { ...predicate.buildDefinition, ...more } },
      { ...predicate, runDetails: { ...predicate.runDetails, ...more } },
    ]
    const subjects = [
      { ...first, ...more },
      { ...first, digest: { ...first.digest, sha512: '0'.repeat(128) } },
    ]
    await refused(await sign(signer, { ...good(), ...more }))
    for (const each of predicates) await refused(await sign(signer, { ...rest, subject, predicate: each }))
    for (const each of subjects) await refused(await sign(signer, { ...rest, predicate, subject: [each] }))
  })

  it('about other code', async () => {
    await refused(
      await sign(
        await signerFor([webApp]),
        provenanceStatement(parameters('wrong'), '0'.repeat(64), 'urn:x'),
      ),
    )
  })

  it('of another type of statement, or with two subjects', async () => {
    const signer = await signerFor([webApp])
    await refused(
      await sign(signer, { ...good(), predicateType: 'https://slsa.dev/verification_summary/v1' }),
    )
    await refused(await sign(signer, { ...good(), subject: [good().subject[0], good().subject[0]] }))
  })

  it('by a key that is not registered, or for another app, or removed', async () => {
    const foreign = await signerFor(['ios'])
    await refused(await sign(foreign, good()))
    const removed = await signerFor([webApp])
    await service.call('DELETE', `/v1/keys/${removed.key.id}`)
    await refused(await sign(removed, good()))
    const registered = await signerFor([webApp])
    await refused(await sign({ jwk: registered.jwk, privateKey: foreign.privateKey }, good()))
  })

  it('of another type of JWT, cut, too long, or no JWS at all', async () => {
    const signer = await signerFor([webApp])
    await refused(await sign(signer, good(), { typ: 'JWT' }))
    await refused((await sign(signer, good())).slice(0, -4))
    await refused(await sign(signer, { ...good(), more: 'x'.repeat(8192) }))
    await refused('provenance')
  })
})

describe('provenance with what SLSA lets a pipeline say about itself', () => {
  it('is accepted', async () => {
    const { predicate, ...rest } = provenanceStatement(parameters('slsa'), imageDigest, 'urn:x')
    const buildDefinition = { ...predicate.buildDefinition, internalParameters: {}, resolvedDependencies: [] }
    const runDetails = {
      builder: { id: 'urn:x', version: {} },
      metadata: { invocationId: '1' },
      byproducts: [],
    }
    const statement = { ...rest, predicate: { buildDefinition, runDetails } }
    const provenance = await sign(await signerFor([webApp]), statement)
    const added = await add('slsa', await pipeline(webApp), { provenance })
    expect(added).toMatchObject({ status: 201, json: { state: 'active' } })
  })
})

describe('a key for provenance that expires', () => {
  it('makes builds active up to its end, and none after', async () => {
    const hour = 3_600_000
    const expires = { expires_at: new Date(service.now() + 2 * hour).toISOString() }
    const signer = await signerFor([webApp], 'ec', expires)
    const key = await pipeline(webApp)
    const send = async (id: string) =>
      add(id, key, {
        provenance: await sign(signer, provenanceStatement(parameters(id), imageDigest, 'urn:x')),
      })
    service.advance(hour)
    expect(await send('before-its-end')).toMatchObject({ status: 201, json: { state: 'active' } })
    service.advance(hour)
    expect(await send('after-its-end')).toMatchObject({ status: 422, json: { code: 'provenance_invalid' } })
    expect((await service.call('GET', `/v1/apps/${webApp}/builds/after-its-end`)).status).toBe(404)
  })
})

describe('other builds without a signature that counts', () => {
  it('are pending too: an IPA, and scripts of an update', async () => {
    const key = await pipeline('ios')
    const files = { 'www/app.js': Buffer.from('x'.repeat(6000)) }
    const body = await buildIpa({ bundleId: 'com.example.ios', bundleVersion: '7', files })
    const headers = { 'content-type': mediaTypes.ipa }
    const ipa = (id: string, by?: string) =>
      service.call('POST', `/v1/apps/ios/builds?id=${id}`, {
        body,
        headers,
        ...(by === undefined ? {} : { key: by }),
      })
    expect(await ipa('1', key)).toMatchObject({ status: 201, json: { state: 'pending' } })
    const update = (id: string, base: string, provenance?: string) =>
      service.call('POST', `/v1/apps/ios/builds?id=${id}&base=${base}`, {
        body: zipOf(files),
        key,
        headers: {
          'content-type': mediaTypes.zip,
          ...(provenance === undefined ? {} : { 'assay-provenance': provenance }),
        },
      })
    // A base that is not active has no updates.
    expect((await update('1.r1', '1')).json).toMatchObject({ code: 'request_invalid' })
    const base: Build = (await ipa('2')).json
    expect(base.state).toBe('active')
    expect(await update('2.r1', '2')).toMatchObject({ status: 201, json: { state: 'pending' } })
    const digest = (await addBuild(service, 'same-files', files)).image_digest
    const of = { app: 'ios', version_code: null, base: '2', coverage: null }
    const about = parameters('2.r2', of)
    const signer = await signerFor(['ios'])
    const forOther = await sign(signer, provenanceStatement({ ...about, base: '1' }, digest, 'urn:x'))
    expect((await update('2.r2', '2', forOther)).json).toMatchObject({ code: 'provenance_invalid' })
    const provenance = await sign(signer, provenanceStatement(about, digest, 'urn:x'))
    expect(await update('2.r2', '2', provenance)).toMatchObject({ status: 201, json: { state: 'active' } })
  })
})

describe('a key for provenance', () => {
  it('is registered once, and opens nothing', async () => {
    const { jwk, key } = await signerFor([webApp])
    expect(key).toMatchObject({ scope: 'provenance', public_key: jwk })
    expect(key).not.toHaveProperty('secret')
    const again = { name: 'again', scope: 'provenance', apps: [webApp], public_key: jwk }
    expect((await service.problem('POST', '/v1/keys', { body: again })).code).toBe('key_exists')
    await service.call('DELETE', `/v1/keys/${key.id}`)
    const unknown = { ...again, apps: ['com.example.unknown'] }
    expect((await service.problem('POST', '/v1/keys', { body: unknown })).code).toBe('app_not_found')
  })

  it.each([
    ['none', {}],
    [
      'a point off the curve',
      { public_key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } },
    ],
    [
      'one with its private half',
      { public_key: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) } },
    ],
  ])('is not registered with this public key: %s', async (_what, more) => {
    const body = { name: 'x', scope: 'provenance', apps: [webApp], ...more }
    expect((await service.problem('POST', '/v1/keys', { body })).code).toBe('request_invalid')
  })
})
