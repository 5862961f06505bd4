import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGoogleMock, createGooglePlay, newServiceAccount, type GoogleMock } from '../../src/index.ts'

const play = createGooglePlay()
const app = { package: 'com.example.app', versionCode: 42, signers: ['ab'.repeat(32)] }
const tokenFor = (binding: string) => (play.standard({ binding, app }) as unknown as { token: string }).token

describe('the Play Integrity API', () => {
  let mock: GoogleMock

  beforeAll(async () => {
    mock = await createGoogleMock({ play })
  })
  afterAll(() => mock.close())

  const ask = async (token: string, { name = app.package, authorization = 'Bearer x' } = {}) => {
    const response = await fetch(`${mock.playIntegrityUrl}/v1/${name}:decodeIntegrityToken`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ integrityToken: token }),
    })
    const body = (await response.json()) as { error?: { status: string }; tokenPayloadExternal?: object }
    return { status: response.status, name: body.error?.status, payload: body.tokenPayloadExternal }
  }

  it('says what a token holds', async () => {
    const { status, payload } = await ask(tokenFor('some-binding'))
    expect(status).toBe(200)
    expect(payload).toMatchObject({ requestDetails: { requestHash: 'some-binding' } })
  })

  it('knows neither tokens that Google has not given, nor those of another package', async () => {
    const refused = { status: 400, name: 'INVALID_ARGUMENT' }
    expect(await ask('made-up')).toMatchObject(refused)
    expect(await ask(tokenFor('b'), { name: 'com.example.other' })).toMatchObject(refused)
  })

  it('asks who is asking', async () => {
    expect(await ask(tokenFor('b'), { authorization: 'Bearer' })).toMatchObject({
      status: 401,
      name: 'UNAUTHENTICATED',
    })
  })

  it('has a quota', async () => {
    mock.playIntegrity.quota = 1
    expect(await ask(tokenFor('b'))).toMatchObject({ status: 200 })
    expect(await ask(tokenFor('b'))).toMatchObject({ status: 429, name: 'RESOURCE_EXHAUSTED' })
    mock.playIntegrity.quota = 10
    expect(await ask(tokenFor('b'))).toMatchObject({ status: 200 })
  })

  it('is out of order on demand', async () => {
    mock.behave('playIntegrity', 'server-error')
    const response = await fetch(`${mock.playIntegrityUrl}/v1/x:decodeIntegrityToken`, { method: 'POST' })
    expect(response.status).toBe(503)
    mock.behave('playIntegrity', 'sound')
    expect(await ask(tokenFor('b'))).toMatchObject({ status: 200 })
  })

  it('is asked with the key of a service account', () => {
    const account = JSON.parse(newServiceAccount()) as Record<string, string>
    expect(account).toMatchObject({ type: 'service_account' })
    expect(account['private_key']).toContain('BEGIN PRIVATE KEY')
  })
})
