import {
  decodeBase64url,
  decodeChallenge,
  type ChallengeResponse,
  type ProblemDocument,
} from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import { parsePlan } from '@assay/measurement'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { addBuild, audience, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const bodyWith = (more: object = {}) => ({ ...challengeBody(webDevice()), ...more })
const ask = (body: unknown) => service.call('POST', '/v1/challenges', { body, key: null })
const refusal = async (body: unknown) =>
  (await service.problem('POST', '/v1/challenges', { body, key: null })).code

describe('POST /v1/challenges', () => {
  it('issues a challenge with the plan of the registered build', async () => {
    const answer = await ask(bodyWith())
    const { attestation_challenge, plan, expires_in } = answer.json as ChallengeResponse
    expect(answer.status).toBe(200)
    expect(expires_in).toBe(120)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('oauth-client-attestation-challenge')).toBe(attestation_challenge)
    expect(answer.headers.get('assay-trace')).toMatch(/^[0-9A-HJKMNP-TV-Z]{17}$/)
    const head = decodeChallenge(attestation_challenge)?.head
    const parsed = parsePlan(decodeBase64url(plan as string) as Uint8Array)
    expect(parsed).toMatchObject({ app: webApp, build: '1', epoch: head?.epoch, probes: [] })
  })

  it('repeats the announced exchange only if the app has evidence to send', async () => {
    const answer = (await ask(bodyWith({ purpose: 'refresh' }))).json as ChallengeResponse
    expect(answer).not.toHaveProperty('evidence')
    expect(decodeChallenge(answer.attestation_challenge)?.head.flags).toBe(1)
    expect(await refusal(bodyWith({ purpose: 'refresh', key: undefined }))).toBe('request_invalid')
  })

  it('reads the version before it looks at anything else', async () => {
    expect((await ask(bodyWith({ v: 1 }))).status).toBe(200)
    const answer = await service.problem('POST', '/v1/challenges', { body: { v: 2, steps: [] }, key: null })
    expect(answer).toMatchObject({ code: 'version_unsupported', status: 400, supported: [1] })
    for (const v of [0, '1', 1.5, null]) expect(await refusal(bodyWith({ v }))).toBe('request_invalid')
  })

  it('accepts no ABI for a build that is not registered by ABI', async () => {
    expect(await refusal(bodyWith({ abi: 'arm64-v8a' }))).toBe('request_invalid')
  })

  it('keeps failures that the client reports unsigned, under the trace of its answer, ten a minute', async () => {
    const failures = ['plan_refused:PLAN_SEGMENT', 'network']
    const answers = []
    for (let i = 0; i < 12; i += 1) answers.push(await ask(bodyWith({ failures })))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    service.advance(2000)
    const kept = await Promise.all(
      answers.map(async ({ headers }) =>
        service.call('GET', `/v1/attestations/${headers.get('assay-trace') ?? ''}`),
      ),
    )
    expect(kept.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(kept[0]?.json).toMatchObject({
      outcome: 'hearsay',
      code: failures.join(),
      segments: [],
      ear: null,
    })
  })

  it('sends every key the same plan, and never issues a challenge twice', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(bodyWith())))
    const issued = answers.map(({ json }) => json as ChallengeResponse)
    expect(new Set(issued.map(({ plan }) => plan)).size).toBe(1)
    expect(new Set(issued.map((one) => one.attestation_challenge)).size).toBe(10)
  })

  it('sends a different plan in the next epoch', async () => {
    const first = (await ask(bodyWith())).json as ChallengeResponse
    service.advance(1_800_000)
    const second = (await ask(bodyWith())).json as ChallengeResponse
    service.advance(-1_800_000)
    expect(second.plan).not.toBe(first.plan)
  })

  it('refuses unregistered names, each with its code', async () => {
    expect(await refusal(bodyWith({ app: 'com.example.unknown' }))).toBe('app_not_registered')
    expect(await refusal(bodyWith({ build: 'unknown' }))).toBe('build_not_registered')
    expect(await refusal(bodyWith({ audiences: ['https://unknown.example.com'] }))).toBe(
      'audience_not_registered',
    )
    expect(await refusal(bodyWith({ audiences: [audience, 'https://unknown.example.com'] }))).toBe(
      'audience_not_registered',
    )
  })

  it('refuses a retired build and one older than the app admits', async () => {
    await addBuild(service, 'old', undefined, '&version_code=3')
    await addBuild(service, 'retired')
    await service.call('POST', `/v1/apps/${webApp}/builds/retired/retire`)
    expect(await refusal(bodyWith({ build: 'retired' }))).toBe('build_retired')
    await addBuild(service, 'new', undefined, '&version_code=4')
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { min_version_code: 4 } })
    expect(await refusal(bodyWith({ build: 'old' }))).toBe('build_below_minimum')
    expect((await ask(bodyWith({ build: 'new' }))).status).toBe(200)
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { min_version_code: 0 } })
    expect((await ask(bodyWith({ build: 'old' }))).status).toBe(200)
  })

  it('keeps traces of refusals for registered apps, ten a minute, and for no other app', async () => {
    const traceOf = async (more: object) => (await ask(bodyWith(more))).headers.get('assay-trace') ?? ''
    const found = async (trace: string) => {
      const { status, json } = await service.call('GET', `/v1/attestations/${trace}`)
      return status === 200 ? (json as AttestationTrace) : (json as ProblemDocument).code
    }
    service.advance(60_000)
    expect(await found(await traceOf({ app: 'com.example.unknown' }))).toBe('trace_not_found')
    expect(await found(await traceOf({ build: 'unknown' }))).toMatchObject({
      app: webApp,
      build: 'unknown',
      outcome: 'denied',
      code: 'build_not_registered',
      segments: [],
      ear: null,
    })
    expect(await found(await traceOf({ build: 'retired' }))).toMatchObject({ code: 'build_retired' })
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { min_version_code: 4 } })
    expect(await found(await traceOf({ build: 'old' }))).toMatchObject({ code: 'build_below_minimum' })
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { min_version_code: 0 } })
    const audiences = ['https://unknown.example.com']
    expect(await found(await traceOf({ audiences }))).toMatchObject({ code: 'audience_not_registered' })
    const flood = []
    for (let i = 0; i < 50; i++) flood.push(await traceOf({ build: `made-up-${i}` }))
    const kept = (await Promise.all(flood.map(found))).filter((one) => one !== 'trace_not_found')
    // Six of fifty, and what comes free while the test runs.
    expect(kept.length).toBeGreaterThanOrEqual(6)
    expect(kept.length).toBeLessThan(30)
    service.advance(60_000)
    expect(await found(await traceOf({ build: 'unknown' }))).toMatchObject({ code: 'build_not_registered' })
  })

  it.each<[string, object, string]>([
    ['no app', { app: undefined }, '/app'],
    ['an app of another type', { app: 7 }, '/app'],
    ['a key that is no thumbprint', { key: 'x' }, '/key'],
    ['no audience', { audiences: [] }, '/audiences'],
    ['nine audiences', { audiences: Array.from({ length: 9 }, () => audience) }, '/audiences'],
    ['a member that it does not know', { platform: 'ios' }, ''],
  ])('refuses %s and says where', async (_what, more, pointer) => {
    const problem = await service.problem('POST', '/v1/challenges', { body: bodyWith(more), key: null })
    expect(problem.code).toBe('request_invalid')
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer])
  })
})

describe('a build for some, or for some time', () => {
  it('refuses a build of another channel than the API takes, until the API takes it or the build is promoted', async () => {
    await addBuild(service, 'beta', undefined, '&channel=beta')
    const asked = bodyWith({ build: 'beta' })
    expect(await refusal(asked)).toBe('channel_not_admitted')
    const api = `/v1/apis?audience=${encodeURIComponent(audience)}`
    await service.call('PATCH', api, { body: { channels: ['beta'] } })
    expect((await ask(asked)).status).toBe(200)
    expect(await refusal(bodyWith())).toBe('channel_not_admitted')
    await service.call('PATCH', api, { body: { channels: ['production'] } })
    await service.call('PATCH', `/v1/apps/${webApp}/builds/beta`, { body: { channel: 'production' } })
    expect((await ask(asked)).status).toBe(200)
  })

  it('refuses a build that has expired, until an admin extends it', async () => {
    const inAnHour = new Date(service.now() + 3_600_000).toISOString()
    await addBuild(service, 'ending', undefined, `&expires_at=${encodeURIComponent(inAnHour)}`)
    const asked = bodyWith({ build: 'ending' })
    expect((await ask(asked)).status).toBe(200)
    service.advance(3_600_000)
    expect(await refusal(asked)).toBe('build_expired')
    const extend = (expires_at: string | null) =>
      service.call('PATCH', `/v1/apps/${webApp}/builds/ending`, { body: { expires_at } })
    await extend(new Date(service.now() + 1000).toISOString())
    expect((await ask(asked)).status).toBe(200)
    service.advance(1000)
    expect(await refusal(asked)).toBe('build_expired')
    expect((await extend(null)).json).toMatchObject({ expires_at: null })
    expect((await ask(asked)).status).toBe(200)
    service.advance(-3_601_000)
  })
})
