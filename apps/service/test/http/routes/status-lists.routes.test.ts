import { decodeCompactJws, statusListPath, type StatusListClaims } from '@assay/protocol'
import type { Ban } from '@assay/protocol/schemas'
import { simulateIphone } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerTo,
  appId,
  attestation,
  audience,
  challengeOf,
  createPhoneWorld,
  iosId,
  must,
  tokenOf,
  type PhoneWorld,
} from '../../attestation/platform/phone-world.ts'

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

/** A guard asks without a key. Nodes see each other's changes within this time. */
async function ask(etag?: string) {
  world.service.advance(5_000)
  const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag }
  const answer = await world.service.call('GET', statusListPath(audience), { key: null, headers })
  const jws = decodeCompactJws(answer.text)
  return {
    status: answer.status,
    etag: answer.headers.get('etag') ?? '',
    cacheControl: answer.headers.get('cache-control'),
    mediaType: answer.headers.get('content-type'),
    header: jws?.header,
    claims: jws?.payload as unknown as StatusListClaims,
  }
}

describe('the status list of an API', () => {
  it('is signed by the key of tokens, for one API, and empty if nothing happened', async () => {
    const { status, mediaType, cacheControl, header, claims } = await ask()
    expect([status, mediaType, cacheControl]).toEqual([200, 'application/assay-status+jwt', 'no-cache'])
    const { keys } = (await world.service.call('GET', '/.well-known/jwks.json')).json as {
      keys: { kid: string }[]
    }
    expect(header).toEqual({ alg: 'ES256', typ: 'assay-status+jwt', kid: keys[0]?.kid })
    expect(claims).toEqual({
      iss: world.service.url,
      aud: audience,
      iat: claims.iat,
      exp: claims.iat + 3600,
      retired: [],
      banned: [],
    })
  })

  it('is answered 304 to whoever has it, and signed anew before half of its life is over', async () => {
    const first = await ask()
    expect((await ask(first.etag)).status).toBe(304)
    expect((await ask(`"other", ${first.etag.replace('W/', '')}`)).status).toBe(304)
    world.service.advance(1_800_000)
    const later = await ask(first.etag)
    expect(later.status).toBe(200)
    expect(later.claims.iat).toBeGreaterThan(first.claims.iat)
  })

  it('is signed by the new key once keys were rotated', async () => {
    const { etag } = await ask()
    const { kid } = await must<{ kid: string }>(world.service, 'POST', '/v1/signing-keys/rotate')
    expect(await ask(etag)).toMatchObject({ status: 200, header: { kid } })
  })

  it('names a build that was retired, for as long as tokens of it may live', async () => {
    const { etag } = await ask()
    await must(world.service, 'POST', `/v1/apps/${iosId}/builds/2/retire`)
    const entry = { app: iosId, build: '2' }
    expect(await ask(etag)).toMatchObject({ status: 200, claims: { retired: [entry] } })
    world.service.advance(1_490_000)
    expect((await ask()).claims.retired).toEqual([])
  })

  it('names a retired build no more once that is taken back', async () => {
    const build = `/v1/apps/${iosId}/builds/2`
    await must(world.service, 'POST', `${build}/restore`)
    await must(world.service, 'POST', `${build}/retire`)
    const { etag, claims } = await ask()
    expect(claims.retired).toEqual([{ app: iosId, build: '2' }])
    await must(world.service, 'POST', `${build}/restore`)
    expect(await ask(etag)).toMatchObject({ status: 200, claims: { retired: [] } })
  })

  it('names the installation behind a banned key as its token does, until the ban is lifted', async () => {
    const device = world.iosDevice()
    const phone = simulateIphone({
      apple: world.apple,
      appId,
      appState: { validationCategory: 4, bundleVersion: '7' },
    })
    const answer = await answerTo(await challengeOf(world, device), device, [attestation(phone)])
    const { installation } = await tokenOf(world, answer)
    const bans = `/v1/apps/${iosId}/bans`
    const { kind, vouching_key } = await must<Ban>(world.service, 'POST', bans, {
      body: { audience, installation },
    })
    expect((await ask()).claims.banned).toEqual([installation])
    await must(world.service, 'DELETE', `${bans}/${kind}/${encodeURIComponent(vouching_key)}`)
    expect((await ask()).claims.banned).toEqual([])
  })

  it.each(['/v1/status/aHR0cHM6Ly9vdGhlci5leGFtcGxlLmNvbQ', '/v1/status/not+base64', '/v1/status/_w'])(
    'is not there for an API that is not registered: %s',
    async (target) => {
      expect((await world.service.problem('GET', target, { key: null })).code).toBe('api_not_found')
    },
  )
})
