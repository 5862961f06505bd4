import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createRollout, type Guard } from '@assay/guard'
import { authRequestListener, type AuthRequestSettings } from '@assay/guard/node'
import { mintProof, mintToken, newGuard } from '../minting.ts'
import { isMisuse, noGuards } from './no-guards.ts'
import { rawRequest, sendRaw } from './raw-http.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function ask(
  fields: readonly (readonly [string, string])[],
  settings: AuthRequestSettings = {},
  guard: Guard = newGuard(),
) {
  server = createServer(authRequestListener(guard, settings))
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const [response] = await sendRaw(port, rawRequest('GET /whatever', fields))
  server.close()
  return response
}

const attested = (token = mintToken()) =>
  [
    ['OAuth-Client-Attestation', token],
    ['DPoP', mintProof()],
  ] as const
const original = [
  ['X-Original-Method', 'POST'],
  ['X-Original-URI', '/v1/orders?page=2'],
] as const

test('the request that the gateway asks about may pass, and what is known of the app comes with the answer', async () => {
  const response = await ask([...original, ...attested()])
  expect(response?.status).toBe(204)
  expect(response?.fields).toMatchObject({
    'assay-app': ['com.example.app'],
    'assay-build': ['1.4.2+142'],
    'assay-platform': ['android'],
    'assay-tier': ['warning'],
    'assay-holder-key': ['software'],
    'assay-installation': ['pseudonym-1'],
    'assay-waived': [''],
  })
})

test('a gateway that asks with the request itself needs no fields, and what callers put there counts for nothing', async () => {
  const listener = authRequestListener(newGuard(), { itself: true })
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const asked = async (line: string, ...fields: (readonly [string, string])[]) =>
    (await sendRaw(port, rawRequest(line, [...attested(), ...fields])))[0]?.status
  expect(await asked('POST /v1/orders?page=2')).toBe(204)
  expect(await asked('POST /v1/other', ...original)).toBe(401)
  expect(await asked('GET /v1/orders', ...original)).toBe(401)
})

test('a target with a `#`, which nginx hands on as it came, does not pass', async () => {
  const [method] = original
  for (const [uri, status] of [
    ['/v1/orders#', 401],
    ['/v1/orders#/../admin', 401],
    ['/v1/orders', 204],
  ] as const)
    expect((await ask([method, ['X-Original-URI', uri], ...attested()]))?.status).toBe(status)
})

test('it is judged by its own method and target, not by those of the question', async () => {
  const [method, uri] = original
  const get = ['X-Original-Method', 'GET'] as const
  const other = ['X-Original-URI', '/v1/payments'] as const
  expect((await ask([get, uri, ...attested()]))?.status).toBe(401)
  expect((await ask([method, other, ...attested()]))?.status).toBe(401)
  const refused = await ask([...original])
  expect(refused?.status).toBe(401)
  expect(refused?.fields['www-authenticate']).toEqual(['DPoP algs="ES256"'])
  expect(refused?.fields['assay-app']).toBeUndefined()
})

test('a gateway that does not say what it asks about, or says it twice, gets nothing through', async () => {
  const [method, uri] = original
  expect((await ask([method, ...attested()]))?.status).toBe(500)
  expect((await ask([uri, ...attested()]))?.status).toBe(500)
  expect((await ask([method, method, uri, ...attested()]))?.status).toBe(500)
  expect((await ask([method, uri, ['X-Original-URI', '/v1/orders'], ...attested()]))?.status).toBe(500)
})

test('other gateways have other names for it', async () => {
  const settings = { method: 'X-Forwarded-Method', uri: 'X-Forwarded-Uri' }
  const fields = [
    ['X-Forwarded-Method', 'POST'],
    ['X-Forwarded-Uri', '/v1/orders'],
  ] as const
  expect((await ask([...fields, ...attested()], settings))?.status).toBe(204)
})

test('for nginx every refusal is 401 or 403, and a malfunction is neither', async () => {
  const large = [...original, ['OAuth-Client-Attestation', 'x'.repeat(7000)]] as const
  expect((await ask(large))?.status).toBe(431)
  expect((await ask(large))?.fields['assay-problem']).toBeUndefined()
  expect(await ask(large, { plain: true })).toMatchObject({
    status: 403,
    fields: { 'assay-problem': ['fields_too_large'] },
  })
  const failing = newGuard({
    replayStore: { shared: true, addIfAbsent: () => Promise.reject(new Error('down')) },
  })
  expect((await ask([...original, ...attested()], { plain: true }, failing))?.status).toBe(503)
})

test.each(noGuards)('%s is no guard: no listener is made of it', (_, guard) => {
  expect(() => authRequestListener(guard)).toThrow(isMisuse('guard must be '))
  expect(() => authRequestListener(newGuard(), { method: 'a b' })).toThrow(isMisuse('method must be '))
  expect(() => authRequestListener(newGuard(), { path: '/' } as never)).toThrow(
    isMisuse('authRequestListener takes no path'),
  )
})

test('under a rollout others pass too, named as such and as nobody', async () => {
  const secret = new Uint8Array(32).fill(7)
  const rollout = createRollout({ share: 0, secret })
  const waived = await ask([...original, ['X-Real-IP', '192.0.2.1'], ['Assay-App', 'forged']], { rollout })
  expect(waived?.status).toBe(204)
  expect(waived?.fields['assay-waived']).toEqual(['TOKEN_MISSING'])
  expect(waived?.fields['assay-app']).toEqual([''])
  const accepted = await ask([...original, ...attested()], { rollout })
  expect(accepted?.fields['assay-waived']).toEqual([''])
  expect(accepted?.fields['assay-app']).toEqual(['com.example.app'])
  const enforced = await ask(original, { rollout: createRollout({ share: 1, secret }), plain: true })
  expect(enforced?.status).toBe(401)
})

test('under a rollout the address counts that the gateway appended, not what the caller sent before it', async () => {
  const rollout = createRollout({ share: 0.5, secret: new Uint8Array(32).fill(7) })
  const statusOf = async (addresses: string) => {
    const fields = [...original, ['X-Forwarded-For', addresses]] as const
    return (await ask(fields, { rollout, address: 'X-Forwarded-For' }))?.status
  }
  const statuses = new Set<number | undefined>()
  for (const own of ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '2001:db8:1::1']) {
    const status = await statusOf(own)
    statuses.add(status)
    for (let i = 0; i < 8; i++) expect(await statusOf(`10.0.${i}.1, ${own}`), own).toBe(status)
  }
  expect([...statuses].sort()).toEqual([204, 401])
})

describe('pages of other origins', () => {
  const page = 'https://app.example.com'
  const asking = (...origins: string[]) => [
    ...original,
    ...origins.map((origin) => ['Origin', origin] as const),
  ]
  const allowed = async (settings: AuthRequestSettings, ...origins: string[]) => {
    const response = await ask(asking(...origins), settings)
    expect(response).toMatchObject({ status: 401 })
    expect(response?.body).toContain('"code":"attestation_required"')
    return response?.fields ?? {}
  }

  test('a listed page reads a refusal, with the fields that the SDK needs', async () => {
    expect(await allowed({ origins: ['https://other.example', page] }, page)).toMatchObject({
      'access-control-allow-origin': [page],
      'access-control-expose-headers': [
        'WWW-Authenticate, DPoP-Nonce, OAuth-Client-Attestation-Challenge, Retry-After',
      ],
      vary: ['Origin'],
    })
    const fields = await allowed({ origins: [page], credentials: true }, page)
    expect(fields['access-control-allow-credentials']).toEqual(['true'])
  })

  test.each([[[]], [['null']], [['https://other.example']], [[page, page]], [[page.toUpperCase()]]])(
    'the origins %j read nothing, and the refusal keeps its code',
    async (origins) => {
      const fields = await allowed({ origins: [page], credentials: true }, ...origins)
      expect(fields['vary']).toEqual(['Origin'])
      expect(Object.keys(fields).filter((name) => name.startsWith('access-control-'))).toEqual([])
    },
  )

  test('without origins no answer has fields for pages', async () => {
    expect(await allowed({}, page)).not.toHaveProperty('vary')
  })

  test('a request that may pass has none: the API adds its own', async () => {
    const response = await ask([...asking(page), ...attested()], { origins: [page] })
    expect(response?.status).toBe(204)
    expect(response?.fields['access-control-allow-origin']).toBeUndefined()
  })

  test.each(['*', 'null', 'app.example.com', `${page}/`, `${page}:443`, `${page}/shop`, 'file:///', ''])(
    '%j is no origin of a page',
    (origin) => {
      const listener = () => authRequestListener(newGuard(), { origins: [origin] })
      expect(listener).toThrow(isMisuse('origins.0. must be a web origin'))
    },
  )

  test('no list, an empty one, and credentials for nobody are misuse', () => {
    const listener = (settings: object) => () => authRequestListener(newGuard(), settings)
    expect(listener({ origins: [] })).toThrow(isMisuse('origins must be an array of at least one member'))
    expect(listener({ credentials: true })).toThrow(isMisuse('origins must be given with credentials'))
    expect(listener({ origins: [page], credentials: 'yes' })).toThrow(
      isMisuse('credentials must be true or false'),
    )
  })
})
