import { readStatusList, statusListSource } from '@assay/evidence/android-key-attestation'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { revocation } from '../../src/composition/evidence.feature.ts'
import {
  createStatusListFeed,
  VendorError,
  type KeptList,
  type StatusListFeed,
  type VendorListStore,
} from '../../src/vendors/index.ts'
import { faults, json, patience, startVendorServer, type VendorServer } from './vendor-server.ts'

const start = Date.UTC(2026, 10, 25)
const entries = { c35747a084470c31: { status: 'REVOKED' }, f1e2: { status: 'SUSPENDED' } }

let vendor: VendorServer
let now: number
let malfunctions: number
let stored: KeptList | 'forged' | undefined
let feed: StatusListFeed<ReturnType<typeof readStatusList>>

const day = 86_400

/** As the database does it. */
const store: VendorListStore = {
  read: () => Promise.resolve(stored),
  write: (list) => {
    stored = list
    return Promise.resolve()
  },
}

const feedFor = (expected: string) =>
  createStatusListFeed({
    url: `${vendor.url}/attestation/status`,
    fetch,
    store,
    maxAge: 3 * day,
    clock: () => now,
    read: readStatusList,
    onMalfunction: () => (malfunctions += 1),
    timeout: patience(expected),
  })

beforeEach(async () => {
  vendor = await startVendorServer()
  vendor.answer = json({ entries })
  now = start
  malfunctions = 0
  stored = undefined
  feed = feedFor('accepted')
})
afterEach(() => vendor.close())

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof VendorError ? error.code : error),
  )

test('nothing is read before it is asked for, and then it is due at once', () => {
  expect(feed.current()).toBeUndefined()
  expect(feed.refreshAt()).toBeLessThanOrEqual(now)
  expect(vendor.requests).toEqual([])
})

test('a clock that is set back makes the list due, after an answer and after a failure', async () => {
  await feed.refresh()
  expect(feed.refreshAt()).toBeGreaterThan(now)
  now -= 86_400_000
  expect(feed.refreshAt()).toBeLessThanOrEqual(now)
  vendor.answer = json({}, { status: 500 })
  expect(await codeOf(feed.refresh())).toBe('VENDOR_STATUS')
  expect(feed.refreshAt()).toBeGreaterThan(now)
  now -= 86_400_000
  expect(feed.refreshAt()).toBeLessThanOrEqual(now)
})

test('the list is read, and holds from when it was asked for', async () => {
  vendor.answer = (request, response) => {
    now += 2_000
    json({ entries })(request, response)
  }
  await feed.refresh()
  expect(feed.current()).toEqual({
    list: new Map([
      ['c35747a084470c31', 'revoked'],
      ['f1e2', 'suspended'],
    ]),
    readAt: start / 1000,
  })
  expect(vendor.requests).toMatchObject([{ method: 'GET', path: '/attestation/status', body: '' }])
})

test('those who ask at the same time are answered by one request', async () => {
  await Promise.all([feed.refresh(), feed.refresh(), feed.refresh()])
  expect(vendor.requests.length).toBe(1)
  await feed.refresh()
  expect(vendor.requests.length).toBe(2)
})

test('those who ask at the same time all hear of a failure, and the next one asks anew', async () => {
  vendor.answer = json({}, { status: 500 })
  const both = await Promise.all([codeOf(feed.refresh()), codeOf(feed.refresh())])
  expect(both).toEqual(['VENDOR_STATUS', 'VENDOR_STATUS'])
  expect(vendor.requests.length).toBe(1)
  vendor.answer = json({ entries })
  expect(await codeOf(feed.refresh())).toBe('accepted')
})

describe('how long it is good', () => {
  test.each([
    ['as max-age says', { 'cache-control': 'public, max-age=7200' }, 7200],
    ['in any case and order', { 'cache-control': 'Max-Age=7200, PUBLIC' }, 7200],
    ['less the time in caches', { 'cache-control': 'max-age=7200', age: '1200' }, 6000],
    [
      'as Expires says',
      { expires: new Date(start + 7_200_000).toUTCString(), date: new Date(start).toUTCString() },
      7200,
    ],
    [
      'max-age before Expires',
      { 'cache-control': 'max-age=600', expires: new Date(start).toUTCString() },
      600,
    ],
    [
      'as Expires says by the clock of the vendor',
      { expires: new Date(start + 5_000_000).toUTCString(), date: new Date(start + 4_000_000).toUTCString() },
      1000,
    ],
    ['an hour, if nothing is said', {}, 3600],
    ['an hour, if max-age is out of form', { 'cache-control': 'max-age=soon' }, 3600],
    ['a minute at least', { 'cache-control': 'max-age=1' }, 60],
    ['a minute, if it is not to be kept', { 'cache-control': 'no-store, max-age=7200' }, 60],
    ['a minute, if it has expired', { expires: '0' }, 60],
    ['a minute, if caches have kept it too long', { 'cache-control': 'max-age=60', age: '9999' }, 60],
    ['a day at most', { 'cache-control': 'max-age=31536000' }, day],
  ])('%s', async (_, headers, seconds) => {
    vendor.answer = json({ entries }, { headers })
    await feed.refresh()
    expect((feed.refreshAt() - start) / 1000).toBe(seconds)
  })

  test('and what caches have kept for long is as old as they say', async () => {
    vendor.answer = json({ entries }, { headers: { age: '1200' } })
    await feed.refresh()
    expect(feed.current()?.readAt).toBe(start / 1000 - 1200)
  })
  test('an age that is none counts as none', async () => {
    vendor.answer = json({ entries }, { headers: { age: '-5' } })
    await feed.refresh()
    expect(feed.current()?.readAt).toBe(start / 1000)
  })
})

describe('a list that has not changed', () => {
  const headers = { etag: '"one"', 'cache-control': 'max-age=600' }
  const unchanged =
    (more: Record<string, string> = {}): VendorServer['answer'] =>
    (_, response) =>
      response.writeHead(304, { ...headers, ...more }).end()

  test('is asked for by its tag, and stays, as new as the answer', async () => {
    vendor.answer = json({ entries }, { headers })
    await feed.refresh()
    const before = feed.current()
    now += 600_000
    vendor.answer = unchanged()
    await feed.refresh()
    expect(vendor.requests.map((each) => each.headers['if-none-match'])).toEqual([undefined, '"one"'])
    expect(feed.current()?.list).toBe(before?.list)
    expect(feed.current()?.readAt).toBe(start / 1000 + 600)
    expect(feed.refreshAt()).toBe(start + 1_200_000)
  })
  test('keeps its tag where the answer repeats none', async () => {
    vendor.answer = json({ entries }, { headers })
    await feed.refresh()
    vendor.answer = (_, response) => response.writeHead(304).end()
    await feed.refresh()
    await feed.refresh()
    expect(vendor.requests[2]?.headers['if-none-match']).toBe('"one"')
  })
  test('and a new list without a tag is asked for without one', async () => {
    vendor.answer = json({ entries }, { headers })
    await feed.refresh()
    vendor.answer = json({ entries: { ab: { status: 'REVOKED' } } })
    await feed.refresh()
    await feed.refresh()
    expect(vendor.requests[2]?.headers['if-none-match']).toBeUndefined()
    expect(feed.current()?.list).toEqual(new Map([['ab', 'revoked']]))
  })
  test('is nonsense where there is none', async () => {
    vendor.answer = unchanged()
    expect(await codeOf(feed.refresh())).toBe('VENDOR_NONSENSE')
  })
})

describe('a malfunction, after which the list from before stays', () => {
  test.each([
    ...faults,
    ['400', 'VENDOR_STATUS', json({}, { status: 400 })] as const,
    ['403', 'VENDOR_STATUS', json({}, { status: 403 })] as const,
    ['an empty list', 'VENDOR_NONSENSE', json({ entries: {} })] as const,
    [
      'serial numbers that are none',
      'VENDOR_NONSENSE',
      json({ entries: { '0xab': { status: 'REVOKED' } } }),
    ] as const,
    ['an entry without status', 'VENDOR_NONSENSE', json({ entries: { ab: {} } })] as const,
  ])('%s: %s', async (_, code, answer) => {
    feed = feedFor(code)
    await feed.refresh()
    const before = feed.current()
    vendor.answer = answer
    expect(await codeOf(feed.refresh())).toBe(code)
    expect(feed.current()).toBe(before)
  })
  test('nobody listens', async () => {
    await vendor.close()
    expect(await codeOf(feed.refresh())).toBe('VENDOR_UNREACHABLE')
    expect(feed.current()).toBeUndefined()
  })
})

test('a redirect is not followed', async () => {
  vendor.answer = (request, response) =>
    request.url === '/other'
      ? json({ entries })(request, response)
      : void response.writeHead(302, { location: '/other' }).end()
  expect(await codeOf(feed.refresh())).toBe('VENDOR_REDIRECT')
  expect(vendor.requests.map(({ path }) => path)).toEqual(['/attestation/status'])
})

test('after failures it is tried again later and later, and after a success as usual', async () => {
  vendor.answer = json({}, { status: 503 })
  const waits: number[] = []
  for (let i = 0; i < 10; i += 1) {
    await codeOf(feed.refresh())
    waits.push((feed.refreshAt() - now) / 1000)
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
  vendor.answer = json({ entries })
  await feed.refresh()
  vendor.answer = json({}, { status: 503 })
  await codeOf(feed.refresh())
  expect(feed.refreshAt() - now).toBe(5_000)
})

test.each([
  ['120', 120],
  ['86400', 900],
  ['soon', 10],
])('a quota that is spent is left alone for as long as the vendor says: %s', async (retryAfter, seconds) => {
  vendor.answer = json({}, { status: 429, headers: { 'retry-after': retryAfter } })
  await codeOf(feed.refresh())
  expect((feed.refreshAt() - now) / 1000).toBe(seconds)
})

test('a failure is told of once, however many serials are asked about meanwhile, and the list that still counts answers', async () => {
  await feed.refresh()
  expect(malfunctions).toBe(0)
  now = feed.refreshAt()
  vendor.answer = json({}, { status: 503 })
  const { stateOf } = revocation(feed, { maxAge: 86_400, clock: () => now })
  const states = await Promise.all(Array.from({ length: 20 }, () => stateOf('f1e2')))
  expect(new Set(states)).toEqual(new Set(['suspended']))
  expect(await codeOf(feed.refresh())).toBe('VENDOR_STATUS')
  expect(vendor.requests.length).toBe(2)
  expect(malfunctions).toBe(1)
})

test('with an age limit: the old list counts until then, and then nothing is answered', async () => {
  const source = statusListSource(() => feed.current(), { maxAge: 7_200, now: () => now / 1000 })
  await feed.refresh()
  vendor.answer = json({}, { status: 503 })
  now += 7_200_000
  await codeOf(feed.refresh())
  expect(await source.stateOf('f1e2')).toBe('suspended')
  now += 1_000
  await expect(source.stateOf('f1e2')).rejects.toThrow('too old')
  vendor.answer = json({ entries })
  await feed.refresh()
  expect(await source.stateOf('c35747a084470c31')).toBe('revoked')
})

describe('the stored copy', () => {
  const url = () => `${vendor.url}/attestation/status`
  const copy = (readAt: number, listed: object = { ab: { status: 'REVOKED' } }): KeptList => ({
    ...{ url: url(), etag: '"stored"', readAt },
    text: JSON.stringify({ entries: listed }),
  })
  const fail = () => (vendor.answer = json({}, { status: 503 }))

  test('is written with each list, and with each answer that renews it', async () => {
    vendor.answer = json({ entries }, { headers: { etag: '"one"', age: '60' } })
    await feed.refresh()
    const first = { url: url(), etag: '"one"', readAt: start - 60_000, text: JSON.stringify({ entries }) }
    expect(stored).toEqual(first)
    now += 3_600_000
    vendor.answer = (_, response) => response.writeHead(304, { etag: '"one"' }).end()
    await feed.refresh()
    expect(stored).toEqual({ ...first, readAt: now })
  })

  test('is not read while the vendor answers', async () => {
    stored = copy(now - 1)
    await feed.refresh()
    expect(feed.current()?.list.get('ab')).toBeUndefined()
  })

  test('serves after a restart while the vendor fails, and is renewed by its tag', async () => {
    stored = copy(now - 1_000)
    fail()
    const { stateOf } = revocation(feed, { maxAge: 3 * day, clock: () => now })
    expect(await Promise.all([stateOf('ab'), stateOf('ac')])).toEqual(['revoked', 'not_listed'])
    expect(malfunctions).toBe(1)
    expect(feed.lastFailure()).toMatchObject({ code: 'VENDOR_STATUS' })
    now = feed.refreshAt()
    vendor.answer = (_, response) => response.writeHead(304).end()
    await feed.refresh()
    expect(vendor.requests.at(-1)?.headers['if-none-match']).toBe('"stored"')
    expect(feed.current()?.readAt).toBe(now / 1000)
    expect(feed.lastFailure()).toBeUndefined()
  })

  test.each([
    ['at its greatest age', () => 3 * day * 1000, 'revoked'],
    ['beyond it', () => 3 * day * 1000 + 1, 'VENDOR_STATUS'],
    ['from a time to come', () => -1, 'VENDOR_STATUS'],
  ])('%s', async (_, age, expected) => {
    stored = copy(now - age())
    fail()
    const { stateOf } = revocation(feed, { maxAge: 3 * day, clock: () => now })
    expect(await stateOf('ab').catch(({ code }: VendorError) => code)).toBe(expected)
  })

  test.each([
    ['is missing', undefined, 1],
    ['is forged', 'forged' as const, 2],
    ['revokes nothing', { etag: null, readAt: start, text: '{"entries":{}}' }, 2],
    ['is cut', { etag: null, readAt: start, text: '{"entries":{"ab"' }, 2],
  ])('that %s gives no list, and the fault of the vendor is reported', async (_, found, reported) => {
    stored = typeof found === 'object' ? { url: url(), ...found } : found
    fail()
    const { stateOf } = revocation(feed, { maxAge: 3 * day, clock: () => now })
    await expect(stateOf('ab')).rejects.toMatchObject({ code: 'VENDOR_STATUS' })
    await expect(stateOf('ab')).rejects.toMatchObject({ code: 'VENDOR_STATUS' })
    expect([malfunctions, vendor.requests.length]).toEqual([reported, 1])
  })

  test('that another node has read later takes the place of an older list, and never the other way', async () => {
    await feed.refresh()
    fail()
    stored = copy(now - 1)
    await codeOf(feed.refresh())
    expect(feed.current()?.list.get('ab')).toBeUndefined()
    now += 60_000
    stored = copy(now - 1)
    await codeOf(feed.refresh())
    expect(feed.current()?.list.get('ab')).toBe('revoked')
  })

  test('that cannot be written or read is a malfunction of its own, and the list stays', async () => {
    const broken = () => Promise.reject(new Error('the database does not answer'))
    feed = createStatusListFeed({
      ...{ url: url(), fetch, clock: () => now, read: readStatusList, maxAge: 3 * day },
      store: { read: broken, write: broken },
      onMalfunction: () => (malfunctions += 1),
    })
    await feed.refresh()
    expect(malfunctions).toBe(1)
    fail()
    expect(await codeOf(feed.refresh())).toBe('VENDOR_STATUS')
    expect(malfunctions).toBe(3)
    expect(feed.current()?.list.get('f1e2')).toBe('suspended')
  })
})
