import { verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { App } from '@assay/protocol/schemas'
import { UndecodableTokenError, decodingApi } from '@assay/evidence/play-integrity'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storedKeyPair } from '@assay/testkit/fixed'
import { createTokenDecoder, VendorError, type TokenDecoderOptions } from '../../src/vendors/index.ts'
import { faults, json, patience, startVendorServer, type VendorServer } from './vendor-server.ts'

const { publicKey, privateKey } = storedKeyPair('RSA-2048-1')
const account = {
  type: 'service_account',
  client_email: 'assay@project.iam.gserviceaccount.example',
  private_key_id: 'k1',
  private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
}
const payload = { requestDetails: { requestPackageName: 'com.example.app' }, more: [1] }
const app = { id: 'shop', package: 'com.example.app' } as App
const token = 'CoYDAUtEs2Xl_'

let folder: string
let credentials: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-play-'))
  credentials = await fileWith(account)
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function fileWith(content: unknown): Promise<string> {
  files += 1
  const file = path.join(folder, `${String(files)}.json`)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

let vendor: VendorServer
let now: number
let taken: string[]
beforeEach(async () => {
  vendor = await startVendorServer()
  vendor.answer = json({ tokenPayloadExternal: payload })
  now = Date.UTC(2026, 10, 25)
  taken = []
})
afterEach(() => vendor.close())

function decoder(changes: Partial<TokenDecoderOptions<App>> = {}) {
  return createTokenDecoder({
    api: decodingApi,
    baseUrl: vendor.url,
    credentials,
    budget: {
      take: ({ id }) => {
        taken.push(id)
        return Promise.resolve(true)
      },
    },
    fetch,
    clock: () => now,
    undecodable: (cause) => new UndecodableTokenError({ cause }),
    timeout: patience('accepted'),
    ...changes,
  })
}

const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => error,
  )
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  const fault = await faultOf(work)
  return fault instanceof VendorError ? fault.code : fault
}

test('Google is asked for the package of the app, and its payload is passed on as it is', async () => {
  expect(await decoder()(app, token)).toEqual(payload)
  expect(vendor.requests).toMatchObject([
    {
      method: 'POST',
      path: '/v1/com.example.app:decodeIntegrityToken',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ integrityToken: token }),
    },
  ])
  expect(taken).toEqual(['shop'])
})

test('a name that is none of a package does not lead elsewhere', async () => {
  await decoder()({ ...app, package: '../v2/x?y' }, token)
  expect(vendor.requests[0]?.path).toBe('/v1/..%2Fv2%2Fx%3Fy:decodeIntegrityToken')
})

test('the service account signs for itself, for this scope, and asks nobody for a token', async () => {
  await decoder()(app, token)
  const [, jws = ''] = /^Bearer (.+)$/.exec(vendor.requests[0]?.headers.authorization ?? '') ?? []
  const [head = '', claims = '', signature = ''] = jws.split('.')
  const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(decoded(head)).toMatchObject({ alg: 'RS256', kid: 'k1' })
  expect(decoded(claims)).toMatchObject({
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/playintegrity',
  })
  expect(
    verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
  ).toBe(true)
  expect(vendor.requests.length).toBe(1)
})

test('one token of the service account does for 55 minutes, and not after the clock was set back', async () => {
  const decode = decoder()
  const signed = async () => {
    await decode(app, `${token}${String(vendor.requests.length)}`)
    return vendor.requests.at(-1)?.headers.authorization
  }
  const first = await signed()
  now += 3_299_000
  expect(await signed()).toBe(first)
  now += 1_000
  const second = await signed()
  expect(second).not.toBe(first)
  now -= 1_000
  expect(await signed()).not.toBe(second)
})

describe('budget', () => {
  test('VENDOR_BUDGET: spent, and Google is not asked', async () => {
    const fault = await faultOf(decoder({ budget: { take: () => Promise.resolve(false) } })(app, token))
    expect(fault).toMatchObject({ code: 'VENDOR_BUDGET', retryAfter: 900 })
    expect(vendor.requests).toEqual([])
  })
  test('one that cannot be asked is passed on as it failed', async () => {
    const fault = new Error('storage')
    expect(await faultOf(decoder({ budget: { take: () => Promise.reject(fault) } })(app, token))).toBe(fault)
    expect(vendor.requests).toEqual([])
  })
  test('a call that fails has been taken all the same', async () => {
    vendor.answer = json({}, { status: 500 })
    const decode = decoder()
    await codeOf(decode(app, token))
    await codeOf(decode(app, token))
    expect(taken).toEqual(['shop', 'shop'])
  })
})

describe('a token that comes again', () => {
  test('is not decoded again while its challenge could be good', async () => {
    const decode = decoder()
    const [first, second] = await Promise.all([decode(app, token), decode(app, token)])
    now += 119_999
    expect([first, second, await decode(app, token)]).toEqual([payload, payload, payload])
    expect([vendor.requests.length, taken.length]).toEqual([1, 1])
    now += 1
    await decode(app, token)
    expect([vendor.requests.length, taken.length]).toEqual([2, 2])
  })
  test('is another one for another package', async () => {
    const decode = decoder()
    await decode(app, token)
    await decode({ ...app, package: 'com.example.other' }, token)
    await decode(app, `${token}x`)
    expect(vendor.requests.length).toBe(3)
  })
  test('is decoded again after a failure', async () => {
    const decode = decoder()
    vendor.answer = json({}, { status: 503 })
    expect(await codeOf(decode(app, token))).toBe('VENDOR_STATUS')
    vendor.answer = json({ tokenPayloadExternal: payload })
    expect(await codeOf(decode(app, token))).toBe('accepted')
  })
  test('is forgotten when a thousand others have come since', async () => {
    const decode = decoder({ fetch: () => Promise.resolve(Response.json({ tokenPayloadExternal: payload })) })
    for (let i = 0; i < 1_000; i += 1) await decode(app, String(i))
    expect(taken.length).toBe(1_000)
    await decode(app, '999')
    await decode(app, '1')
    expect(taken.length).toBe(1_000)
    await decode(app, 'new')
    await decode(app, '0')
    expect(taken.length).toBe(1_002)
  })
})

describe('what Google says of a token that is none of the package: a refusal', () => {
  const error = { code: 400, message: 'Integrity token cannot be decrypted.', status: 'INVALID_ARGUMENT' }
  test('400 with INVALID_ARGUMENT', async () => {
    vendor.answer = json({ error }, { status: 400 })
    const fault = await faultOf(decoder()(app, token))
    expect(fault).toBeInstanceOf(UndecodableTokenError)
    expect((fault as Error).cause).toBeInstanceOf(VendorError)
  })
  test.each([
    [
      'a request that is out of form',
      { ...error, details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest' }] },
    ],
    ['another status', { ...error, status: 'FAILED_PRECONDITION' }],
    ['no status', { code: 400 }],
    ['an error that is text', 'INVALID_ARGUMENT'],
    ['nothing', undefined],
  ])('and not a 400 for %s', async (_, other) => {
    vendor.answer = json({ error: other }, { status: 400 })
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_STATUS')
  })
  test('and not the same words under another status', async () => {
    vendor.answer = json({ error }, { status: 500 })
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_STATUS')
    vendor.answer = json({ error })
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_NONSENSE')
  })
})

describe('a malfunction', () => {
  test.each(faults)('%s: %s', async (_, code, answer) => {
    vendor.answer = answer
    expect(await codeOf(decoder({ timeout: patience(code) })(app, token))).toBe(code)
  })
  test.each([
    ['a payload that is missing', {}],
    ['a payload that is text', { tokenPayloadExternal: 'x' }],
    ['a payload that is a list', { tokenPayloadExternal: [] }],
    ['a payload without request', { tokenPayloadExternal: { appIntegrity: {} } }],
  ])('VENDOR_NONSENSE: %s', async (_, answer) => {
    vendor.answer = json(answer)
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_NONSENSE')
  })
  test('nobody listens', async () => {
    await vendor.close()
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_UNREACHABLE')
  })
  test.each([
    ['the status', { status: 'RESOURCE_EXHAUSTED' }],
    ['a reason among the details', { details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] }],
    ['a reason in the older form', { errors: [{ reason: 'dailyLimitExceeded' }] }],
  ])('VENDOR_QUOTA: 403, by %s', async (_, error) => {
    vendor.answer = json({ error }, { status: 403 })
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_QUOTA')
  })
  test.each([
    [
      'PERMISSION_DENIED',
      { error: { status: 'PERMISSION_DENIED', details: ['x', { reason: 'ACCESS_DENIED' }] } },
    ],
    ['details that are no list', { error: { details: { reason: 'RATE_LIMIT_EXCEEDED' } } }],
    ['nothing', null],
  ])('VENDOR_FORBIDDEN: 403, %s', async (_, answer) => {
    vendor.answer = json(answer, { status: 403 })
    expect(await codeOf(decoder()(app, token))).toBe('VENDOR_FORBIDDEN')
  })
  test.each([
    ['30', 30],
    ['0', 1],
    ['86400', 900],
    ['Wed, 25 Nov 2026 12:00:00 GMT', 10],
  ])('it may be tried again when Google says, within bounds: %s', async (retryAfter, seconds) => {
    vendor.answer = json({}, { status: 429, headers: { 'retry-after': retryAfter } })
    expect(await faultOf(decoder()(app, token))).toMatchObject({ code: 'VENDOR_QUOTA', retryAfter: seconds })
  })
})

describe('VENDOR_CREDENTIALS', () => {
  test.each([
    ['a file that is not there', () => Promise.resolve(path.join(folder, 'none.json'))],
    ['a file that is no JSON', () => fileWith('-----BEGIN PRIVATE KEY-----')],
    ['null', () => fileWith('null')],
    ['an account of another type', () => fileWith({ ...account, type: 'authorized_user' })],
    ['an account that would fetch a program', () => fileWith({ ...account, type: 'external_account' })],
    ['no name', () => fileWith({ ...account, client_email: undefined })],
    ['no key', () => fileWith({ ...account, private_key: undefined })],
    ['a key that is none', () => fileWith({ ...account, private_key: 'secret' })],
    ['a key id that is a number', () => fileWith({ ...account, private_key_id: 1 })],
  ])('%s: nothing is sent, and nothing spent', async (_, file) => {
    const fault = await faultOf(decoder({ credentials: await file() })(app, token))
    expect(fault).toMatchObject({ code: 'VENDOR_CREDENTIALS' })
    expect([vendor.requests, taken]).toEqual([[], []])
  })
  test('none at all', async () => {
    expect(await codeOf(decoder({ credentials: undefined })(app, token))).toBe('VENDOR_CREDENTIALS')
  })
  test('what is wrong with a file does not quote it', async () => {
    for (const content of ['{"private_key": secret}', { ...account, private_key: 'secret' }]) {
      const fault = (await faultOf(decoder({ credentials: await fileWith(content) })(app, token))) as Error
      expect(fault.cause).toBeUndefined()
      expect(fault.message).not.toContain('secret')
    }
  })
  test('an account without a key id will do', async () => {
    const file = await fileWith({ ...account, private_key_id: undefined })
    expect(await codeOf(decoder({ credentials: file })(app, token))).toBe('accepted')
  })
  test('401: expired or withdrawn, and the file is read again for the next call', async () => {
    const file = await fileWith(account)
    const decode = decoder({ credentials: file })
    vendor.answer = json({ error: { status: 'UNAUTHENTICATED' } }, { status: 401 })
    expect(await codeOf(decode(app, token))).toBe('VENDOR_CREDENTIALS')
    await writeFile(file, JSON.stringify({ ...account, client_email: 'new@project.example' }))
    vendor.answer = json({ tokenPayloadExternal: payload })
    expect(await codeOf(decode(app, token))).toBe('accepted')
    const [, claims = ''] = vendor.requests[1]?.headers.authorization?.split('.') ?? []
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: 'new@project.example',
    })
  })
  test('a file that was put there since is found', async () => {
    const file = path.join(folder, 'later.json')
    const decode = decoder({ credentials: file })
    expect(await codeOf(decode(app, token))).toBe('VENDOR_CREDENTIALS')
    await writeFile(file, JSON.stringify(account))
    expect(await codeOf(decode(app, token))).toBe('accepted')
  })
})

test('a redirect is not followed: neither token nor account go elsewhere', async () => {
  vendor.answer = (_, response) => void response.writeHead(307, { location: `${vendor.url}/other` }).end()
  expect(await codeOf(decoder()(app, token))).toBe('VENDOR_REDIRECT')
  expect(vendor.requests.length).toBe(1)
})
