import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  frameworks,
  requestIdHeader,
  routes,
  secretHeader,
  startEmbeddedSecretApi,
  startGuardedApi,
  startUnprotectedApi,
  type GuardedApi,
} from '@assay/testkit/victims'

const options = { issuer: 'http://127.0.0.1:1', apps: ['com.example.app'], tiers: ['warning'] as const }

async function status(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> {
  const response = await fetch(url, { method, headers })
  await response.arrayBuffer()
  return response.status
}

describe.each(frameworks)('guarded, %s', (framework) => {
  let api: GuardedApi
  let legacy: GuardedApi
  beforeAll(async () => {
    api = await startGuardedApi({ ...options, framework })
    legacy = await startGuardedApi({ ...options, framework, legacyRoute: true })
  })
  afterAll(() => Promise.all([api.close(), legacy.close()]))

  test('the open route answers everyone, and the guard sees nothing of it', async () => {
    expect(await status(api.url + routes.open)).toBe(200)
    expect(api.decisions).toEqual([])
  })

  test('without a token both routes are refused, and the log has the code under the name of the request', async () => {
    expect(await status(api.url + routes.orders, { [requestIdHeader]: 'one' })).toBe(401)
    expect(await status(api.url + routes.orders, { [requestIdHeader]: 'two' }, 'POST')).toBe(401)
    expect(api.decisions).toEqual([
      { requestId: 'one', code: 'TOKEN_MISSING', clientStatus: null },
      { requestId: 'two', code: 'TOKEN_MISSING', clientStatus: null },
    ])
  })

  test('the forgotten route is there only where it was asked for', async () => {
    expect(await status(legacy.url + routes.legacy)).toBe(200)
    expect(await status(api.url + routes.legacy)).not.toBe(200)
  })
})

test('the secret opens its API, anything else does not', async () => {
  const api = await startEmbeddedSecretApi('secret')
  expect(await status(api.url + routes.orders, { [secretHeader]: 'secret' })).toBe(200)
  expect(await status(api.url + routes.orders, { [secretHeader]: 'secre' })).toBe(401)
  expect(await status(api.url + routes.orders)).toBe(401)
  await api.close()
})

test('the unprotected API answers whoever asks', async () => {
  const api = await startUnprotectedApi()
  expect(await status(api.url + routes.orders)).toBe(200)
  expect(await status(api.url + routes.orders, {}, 'POST')).toBe(201)
  await api.close()
})
