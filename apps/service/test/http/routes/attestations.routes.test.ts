import { verify, createPublicKey } from 'node:crypto'
import {
  decodeCompactJws,
  type AttestationRequest,
  type ChallengeResponse,
  type ClientData,
  type Jwks,
} from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namedPlan } from '@assay/testkit'
import { challengeBody, imageOf, makeKey, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import {
  addBuild,
  attestation,
  audience,
  challenge,
  registerWebApp,
  scripts,
  webApp,
  webDevice,
} from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const attest = (body: unknown) => service.call('POST', '/v1/attestations', { body, key: null })
const refusal = (body: unknown) => service.problem('POST', '/v1/attestations', { body, key: null })

/** What a genuine device would send, changed by `change` before it is signed. */
async function forged(
  change: (clientData: ClientData) => object | string,
  device: TestDevice = webDevice(),
): Promise<AttestationRequest> {
  return signed(device.key, change(await measure(device, await challenge(service, device))))
}

describe('a genuine device', () => {
  it('gets a token that its API can verify', async () => {
    const device = webDevice()
    const answer = await attestation(service, device)
    // Counted from the use of the challenge: a slow machine leaves less. Half the lifetime, in whole seconds.
    expect(answer.refresh_after).toBeLessThanOrEqual(150)
    expect(answer.refresh_after).toBeGreaterThan(60)
    expect(Math.abs(answer.server_time - Date.now() / 1000)).toBeLessThan(600)
    const [token] = answer.tokens
    expect(token?.audience).toBe(audience)
    expect((token?.expires_in ?? 0) - answer.refresh_after).toBeGreaterThanOrEqual(149)
    expect((token?.expires_in ?? 0) - answer.refresh_after).toBeLessThanOrEqual(151)
    const jws = decodeCompactJws(token?.token ?? '')
    const { keys } = (await service.call('GET', '/.well-known/jwks.json', { key: null })).json as Jwks
    const key = createPublicKey({ key: { ...keys[0] }, format: 'jwk' })
    expect(keys[0]?.kid).toBe(jws?.header.kid)
    expect(
      verify(
        'sha256',
        jws?.signingInput ?? Buffer.alloc(0),
        { key, dsaEncoding: 'ieee-p1363' },
        jws?.signature ?? Buffer.alloc(0),
      ),
    ).toBe(true)
    expect(jws?.payload).toMatchObject({
      iss: service.url,
      sub: webApp,
      aud: audience,
      build: '1',
      platform: 'web',
      ear_status: 'warning',
      holder_key: 'software',
      mode: 'bound',
      cnf: { jwk: device.key.jwk },
    })
  })

  it('has one pseudonym at an API, which another installation does not share', async () => {
    const device = webDevice()
    const of = async (one: TestDevice) =>
      decodeCompactJws((await attestation(service, one)).tokens[0]?.token ?? '')?.payload.installation
    const first = await of(device)
    expect(await of(device)).toBe(first)
    expect(await of(webDevice())).not.toBe(first)
  })
})

describe('form and protocol', () => {
  it('refuses client data that is not strict JSON of the known form', async () => {
    for (const change of [
      () => 'not json',
      (data: ClientData) => JSON.stringify(data).replace('{', '{"v":1,'),
      (data: ClientData) => ({ ...data, more: 1 }),
      (data: ClientData) => ({ ...data, v: 2 }),
      (data: ClientData) => ({ ...data, key: { ...data.key, d: data.key.x } }),
      (data: ClientData) => ({ ...data, key: { ...data.key, x: data.key.y } }),
    ]) {
      const problem = await refusal(await forged(change))
      // The last is a well-formed key that is no point of the curve: the challenge's MAC is over another thumbprint.
      expect(['client_data_malformed', 'challenge_invalid']).toContain(problem.code)
    }
  })

  it('refuses base64url that is not canonical', async () => {
    const body = await forged((data) => data)
    expect((await refusal({ ...body, client_data: `${body.client_data}=` })).code).toBe('request_invalid')
    const last = body.client_data.length % 4
    if (last === 0) return
    const twin = body.client_data.slice(0, -1) + nextCharacter(body.client_data.slice(-1))
    expect((await refusal({ ...body, client_data: twin })).code).toBe('client_data_malformed')
  })

  it('refuses text that is not a challenge', async () => {
    const problem = await refusal(await forged((data) => ({ ...data, challenge: 'A'.repeat(64) })))
    expect(problem.code).toBe('challenge_malformed')
  })

  it.each<[string, (data: ClientData) => object]>([
    ['app', (data) => ({ ...data, app: 'com.example.other' })],
    ['build', (data) => ({ ...data, build: '2' })],
    ['plan', (data) => ({ ...data, plan: `${data.plan?.slice(0, -8)}AAAAAAAA` })],
    ['MAC', (data) => ({ ...data, challenge: `${data.challenge.slice(0, -4)}AAAA` })],
    [
      'time of issue',
      (data) => ({ ...data, challenge: `${data.challenge.slice(0, 6)}_${data.challenge.slice(7)}` }),
    ],
  ])('refuses a challenge with another %s', async (_what, change) => {
    expect((await refusal(await forged(change))).code).toBe('challenge_invalid')
  })

  describe('of a client that names plans', () => {
    const holding = () => webDevice({ held: '' })

    it('leaves out the plan that the client holds, and takes its digest in place of it', async () => {
      const device = holding()
      const first = await challenge(service, device)
      expect(first.plan).toBeDefined()
      const enrolled = await measure(device, first)
      expect(enrolled.plan).toBeUndefined()
      expect((await attest(signed(device.key, enrolled))).status).toBe(200)
      device.held = first.plan as string
      const second = await challenge(service, device)
      expect(second).not.toHaveProperty('plan')
      expect((await attest(signed(device.key, await measure(device, second)))).status).toBe(200)
    })

    it('sends the plan to a client that names another one, made up or not', async () => {
      for (const held of ['AAAA', Buffer.from('{"v":1}').toString('base64url')]) {
        const device = webDevice({ held })
        const answer = await challenge(service, device)
        expect(answer.plan).toBe((await challenge(service, holding())).plan)
        expect((await attest(signed(device.key, await measure(device, answer)))).status).toBe(200)
      }
      for (const plan of ['A'.repeat(42), 'A'.repeat(44), 1]) {
        const body = { ...challengeBody(holding()), plan }
        expect((await service.problem('POST', '/v1/challenges', { body, key: null })).code).toBe(
          'request_invalid',
        )
      }
    })

    it.each<[string, (data: ClientData, answer: ChallengeResponse) => object]>([
      ['a digest that is made up', (data) => ({ ...data, plan_digest: 'A'.repeat(43) })],
      ['the plan itself', ({ plan_digest: _, ...data }, { plan }) => ({ ...data, plan })],
      ['an ABI that was not asked for', (data) => ({ ...data, abi: 'x86' })],
      [
        'the flag taken away',
        ({ plan_digest: _, ...data }, { plan }) => ({
          ...data,
          plan,
          challenge: `${data.challenge.slice(0, 4)}AA${data.challenge.slice(6)}`,
        }),
      ],
    ])('refuses client data with %s', async (_what, change) => {
      const device = holding()
      const answer = await challenge(service, device)
      const changed = change(await measure(device, answer), answer)
      expect((await refusal(signed(device.key, changed))).code).toBe('challenge_invalid')
    })

    it('refuses a digest for a challenge that was asked for without', async () => {
      const device = webDevice()
      const answer = await challenge(service, device)
      const { plan, ...data } = await measure(device, answer)
      const named = { ...data, ...namedPlan(plan) }
      expect((await refusal(signed(device.key, named))).code).toBe('challenge_invalid')
    })

    it('refuses the digest of the plan of the last epoch, and asks for the one of this', async () => {
      const aged = await runService()
      try {
        await registerWebApp(aged)
        const device = holding()
        const before = await challenge(aged, device)
        device.held = before.plan as string
        aged.advance(3_600_000)
        const after = await challenge(aged, device)
        expect(after.plan).not.toBe(before.plan)
        const stale = { ...(await measure(device, after)), ...namedPlan(before.plan) }
        const body = signed(device.key, stale)
        expect((await aged.problem('POST', '/v1/attestations', { body, key: null })).code).toBe(
          'challenge_invalid',
        )
        const good = { body: signed(device.key, await measure(device, after)), key: null }
        expect((await aged.call('POST', '/v1/attestations', good)).status).toBe(200)
      } finally {
        await aged.close()
      }
    })
  })

  it('refuses a challenge that was issued to another key', async () => {
    const [victim, thief] = [webDevice(), makeKey()]
    const clientData = await measure(victim, await challenge(service, victim))
    expect((await refusal(signed(thief, { ...clientData, key: thief.jwk }))).code).toBe('challenge_invalid')
  })

  it('refuses a signature by another key, and one over other bytes', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    expect((await refusal(signed(makeKey(), clientData))).code).toBe('client_data_signature_invalid')
    const other = signed(device.key, { ...clientData, sdk: 'other/2' })
    const body = { ...signed(device.key, clientData), signature: other.signature }
    expect((await refusal(body)).code).toBe('client_data_signature_invalid')
    expect((await attest(signed(device.key, clientData))).status).toBe(200)
  })

  it('keeps ten traces a minute of answers that nobody has signed', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const unsigned = signed(makeKey(), clientData)
    let kept = 0
    for (let i = 0; i < 15; i++) {
      const { trace = '' } = await refusal(unsigned)
      kept += (await service.call('GET', `/v1/attestations/${trace}`)).status === 200 ? 1 : 0
    }
    expect(kept).toBeLessThanOrEqual(10)
    expect(kept).toBeGreaterThan(0)
    // What is signed is recorded all the same.
    const other = await measure(device, await challenge(service, device))
    const refused = await refusal(signed(device.key, { ...clientData, measurement: other.measurement }))
    expect((await service.call('GET', `/v1/attestations/${refused.trace ?? ''}`)).status).toBe(200)
  })

  it('refuses evidence that client data does not list, and a list without its evidence', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const item = { format: 'apple-app-attest', attestation: 'AAAA' }
    const added = signed(device.key, clientData, [item])
    expect((await refusal(added)).code).toBe('evidence_list_mismatch')
    const stripped = signed(device.key, { ...clientData, evidence: [item.format] })
    expect((await refusal(stripped)).code).toBe('evidence_list_mismatch')
  })

  it('refuses a challenge past its time', async () => {
    const aged = await runService()
    try {
      await registerWebApp(aged)
      const device = webDevice()
      const body = signed(device.key, await measure(device, await challenge(aged, device)))
      aged.advance(120_000)
      expect((await aged.problem('POST', '/v1/attestations', { body, key: null })).code).toBe(
        'challenge_expired',
      )
    } finally {
      await aged.close()
    }
  })

  it('refuses a challenge that was issued before a restart', async () => {
    const restarted = await runService()
    try {
      await registerWebApp(restarted)
      const device = webDevice()
      const body = signed(device.key, await measure(device, await challenge(restarted, device)))
      await restarted.restart()
      expect((await restarted.problem('POST', '/v1/attestations', { body, key: null })).code).toBe(
        'challenge_invalid',
      )
    } finally {
      await restarted.close()
    }
  })
})

/** What the tokens of an answer say: their signatures are randomised. */
function saidIn({ json }: { json: unknown }): unknown[] {
  const { tokens } = json as { tokens: { token: string }[] }
  return tokens.map(({ token }) => decodeCompactJws(token)?.payload)
}

describe('single use', () => {
  it('gives the same bytes an equal token, and other client data none', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const first = await attest(signed(device.key, clientData))
    const again = await attest(signed(device.key, clientData))
    expect(first.status).toBe(200)
    expect(saidIn(again)).toEqual(saidIn(first))
    const other = signed(device.key, { ...clientData, sdk: 'other/2' })
    expect(await refusal(other)).toMatchObject({ code: 'challenge_used', status: 409 })
  })

  it('gives twenty equal requests at once equal tokens, and only one of twenty bindings a token', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const body = signed(device.key, clientData)
    const same = await Promise.all(Array.from({ length: 20 }, () => attest(body)))
    expect(new Set(same.map((answer) => JSON.stringify(saidIn(answer)))).size).toBe(1)

    const second = await measure(device, await challenge(service, device))
    const bodies = Array.from({ length: 20 }, (_, i) => signed(device.key, { ...second, sdk: `race/${i}` }))
    const raced = await Promise.all(bodies.map(attest))
    expect(raced.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(raced.filter(({ status }) => status === 409)).toHaveLength(19)
  })

  it('gives each of twenty equal requests in a row an equal token', async () => {
    const device = webDevice()
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    const said = new Set<string>()
    for (let i = 0; i < 20; i += 1) said.add(JSON.stringify(saidIn(await attest(body))))
    expect(said.size).toBe(1)
  })

  it('answers a repeated request with the same refusal', async () => {
    const device = webDevice({
      image: imageOf({ ...scripts, 'app.js': Buffer.from('patched'.padEnd(scripts['app.js'].length)) }),
    })
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    const first = await refusal(body)
    expect(first.code).toBe('attestation_denied')
    const again = await refusal(body)
    expect({ ...again, trace: first.trace }).toEqual(first)
    const { code, segments } = (await service.call('GET', `/v1/attestations/${again.trace}`))
      .json as AttestationTrace
    expect({ code, segments }).toEqual({ code: 'SOFTWARE_SEGMENT_MISMATCH', segments: ['app.js'] })
  })

  it('refuses the same bytes where a token has no key to be bound to', async () => {
    const bearer = 'https://bearer.example.com'
    await service.call('POST', '/v1/apis', {
      body: { audience: bearer, apps: [webApp], tiers: ['warning'], mode: 'bearer' },
    })
    const device = webDevice({ audiences: [bearer] })
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    expect((await attest(body)).status).toBe(200)
    expect((await refusal(body)).code).toBe('challenge_used')
  })
})

describe('evidence', () => {
  it('denies changed code without saying why, and tells the operator which segment differs', async () => {
    const patched = { ...scripts, 'app.js': Buffer.from(scripts['app.js']) }
    patched['app.js'][100] = (patched['app.js'][100] as number) ^ 1
    const device = webDevice({ image: imageOf(patched) })
    const problem = await refusal(signed(device.key, await measure(device, await challenge(service, device))))
    expect(problem).toEqual({
      type: 'urn:assay:problem:attestation_denied',
      title: 'The attestation was denied',
      status: 403,
      code: 'attestation_denied',
      trace: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{17}$/),
    })
    expect((await service.call('GET', `/v1/attestations/${problem.trace}`)).json).toMatchObject({
      trace: problem.trace,
      app: webApp,
      build: '1',
      outcome: 'denied',
      code: 'SOFTWARE_SEGMENT_MISMATCH',
      segments: ['app.js'],
    })
  })

  it('tells what the user can do where the operator gives it, and only whoever proves possession', async () => {
    const give = (remedies: string[]) => service.call('PATCH', `/v1/apps/${webApp}`, { body: { remedies } })
    const patched = { ...scripts, 'app.js': Buffer.from('patched'.padEnd(scripts['app.js'].length)) }
    const device = webDevice({ image: imageOf(patched) })
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    await give(['reload_page'])
    expect(await refusal(body)).toMatchObject({
      code: 'attestation_denied',
      remedy: { kind: 'reload_page' },
    })
    await give(['try_later'])
    expect(await refusal(body)).not.toHaveProperty('remedy')
    await give(['contact_support'])
    expect(await refusal(body)).toMatchObject({ remedy: { kind: 'contact_support' } })
    const forged = { ...body, signature: Buffer.alloc(64, 1).toString('base64url') }
    expect(await refusal(forged)).not.toHaveProperty('remedy')
    await give([])
  })

  it('denies a format that it does not know', async () => {
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const item = { format: 'made-up', proof: 'AAAA' }
    const problem = await refusal(signed(device.key, { ...clientData, evidence: [item.format] }, [item]))
    expect(problem.code).toBe('attestation_denied')
    expect((await service.call('GET', `/v1/attestations/${problem.trace}`)).json).toMatchObject({
      code: 'EVIDENCE_FORMAT_UNKNOWN',
    })
  })

  it('denies the response to another challenge', async () => {
    const device = webDevice()
    const earlier = await measure(device, await challenge(service, device))
    const clientData = await measure(device, await challenge(service, device))
    const problem = await refusal(signed(device.key, { ...clientData, measurement: earlier.measurement }))
    expect(problem.code).toBe('attestation_denied')
  })

  it('issues no token for an API that does not admit the tier, but issues the other tokens', async () => {
    const strict = 'https://strict.example.com'
    await service.call('POST', '/v1/apis', {
      body: { audience: strict, apps: [webApp], tiers: ['affirming'] },
    })
    const device = webDevice({ audiences: [strict] })
    const problem = await refusal(signed(device.key, await measure(device, await challenge(service, device))))
    expect(problem.code).toBe('attestation_denied')
    const both = await attestation(service, webDevice({ audiences: [strict, audience] }))
    expect(both.tokens.map((token) => token.audience)).toEqual([audience])
    expect(both).not.toHaveProperty('remedies')
    expect((await service.call('GET', `/v1/attestations/${both.trace}`)).json).toMatchObject({
      code: 'SOFTWARE_ONLY',
    })
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { remedies: ['contact_support'] } })
    const partly = await attestation(service, webDevice({ audiences: [strict, audience] }))
    expect(partly.remedies).toEqual([{ audience: strict, remedy: { kind: 'contact_support' } }])
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { remedies: [] } })
  })
})

describe('what is registered is checked again when the evidence comes', () => {
  it('refuses builds and apps that were retired or removed since the challenge', async () => {
    await addBuild(service, 'short-lived')
    const device = webDevice({ build: 'short-lived' })
    const body = signed(device.key, await measure(device, await challenge(service, device)))
    await service.call('POST', `/v1/apps/${webApp}/builds/short-lived/retire`, { body: {} })
    expect((await refusal(body)).code).toBe('build_retired')

    const gone = 'https://gone.example.com'
    await service.call('POST', '/v1/apis', { body: { audience: gone, apps: [webApp], tiers: ['warning'] } })
    const other = webDevice({ audiences: [gone] })
    const late = signed(other.key, await measure(other, await challenge(service, other)))
    await service.call('DELETE', `/v1/apis/${encodeURIComponent(gone)}`)
    expect((await refusal(late)).code).toBe('audience_not_registered')
  })
})

/** The next character of the alphabet, which differs in the lowest bits only. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet.charAt(alphabet.indexOf(character) ^ 1)
}
