import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { registerWebApp } from '../support/web-app.ts'

const origin = 'https://app.example.com'
let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service, { origins: [origin] })
})
afterAll(() => service.close())

const from = (from_: string, method: string, target: string) =>
  service.call(method, target, {
    key: null,
    headers: {
      origin: from_,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })

describe('pages of a registered origin', () => {
  it('may call the two public endpoints and read what they need', async () => {
    for (const target of ['/v1/challenges', '/v1/attestations']) {
      const preflight = await from(origin, 'OPTIONS', target)
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
      expect(preflight.headers.get('access-control-allow-methods')).toBe('POST')
      expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
      expect(preflight.headers.get('vary')).toMatch(/Origin/)
      const answer = await from(origin, 'POST', target)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
      expect(answer.headers.get('access-control-expose-headers')).toContain(
        'OAuth-Client-Attestation-Challenge',
      )
    }
  })

  it('may call nothing else', async () => {
    for (const target of ['/v1/apps', '/livez', '/.well-known/jwks.json']) {
      expect((await from(origin, 'OPTIONS', target)).headers.get('access-control-allow-origin')).toBeNull()
      expect((await from(origin, 'GET', target)).headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

it('allows no other origin, whether by suffix, scheme, port or null', async () => {
  for (const other of [
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://example.com',
    'null',
    '*',
  ]) {
    for (const method of ['OPTIONS', 'POST']) {
      const { headers } = await from(other, method, '/v1/challenges')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  }
})
