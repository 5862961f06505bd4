import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { readStatusList, statusListSource } from '@assay/evidence/android-key-attestation'
import {
  playIntegrity,
  playIntegrityContext,
  UndecodableTokenError,
  decodingApi,
} from '@assay/evidence/play-integrity'
import type { App } from '@assay/protocol/schemas'
import {
  createGoogleMock,
  createGooglePlay,
  newServiceAccount,
  type Behaviour,
  type GoogleMock,
  type GooglePlay,
} from '@assay/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { VendorError } from '../../src/vendors/index.ts'
import { createTokenDecoder, createStatusListFeed, type TokenDecoder } from '../../src/vendors/index.ts'
import { patience } from './vendor-server.ts'

const start = Date.UTC(2026, 10, 25)
const app = { id: 'shop', package: 'com.example.app' } as App
const signer = 'ab'.repeat(32)
const installed = { package: 'com.example.app', versionCode: 7, signers: [signer] }
const binding = 'b'.repeat(43)

let now: number
let play: GooglePlay
let google: GoogleMock
beforeEach(async () => {
  now = start
  play = createGooglePlay({ now: () => now })
  google = await createGoogleMock({ play })
})
afterEach(() => google.close())

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  )

/** The outcome of an endpoint that misbehaves. */
const behaviours: readonly (readonly [Behaviour, VendorError['code']])[] = [
  ['down', 'VENDOR_UNREACHABLE'],
  ['silent', 'VENDOR_TIMEOUT'],
  ['server-error', 'VENDOR_STATUS'],
  ['nonsense', 'VENDOR_NONSENSE'],
  ['other-shape', 'VENDOR_NONSENSE'],
  ['endless', 'VENDOR_TOO_LARGE'],
]

describe("Google's status list", () => {
  const feedOf = (expected = 'accepted') =>
    createStatusListFeed({
      url: google.statusListUrl,
      store: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
      maxAge: 86_400,
      fetch,
      clock: () => now,
      read: readStatusList,
      onMalfunction: () => undefined,
      timeout: patience(expected),
    })

  test('a serial that was revoked since is seen when the list is read again, and one restored is free', async () => {
    const feed = feedOf()
    const source = statusListSource(() => feed.current(), { maxAge: 86_400, now: () => now / 1000 })
    google.statusList.maxAge = 600
    await feed.refresh()
    expect(await source.stateOf('ab12')).toBe('not_listed')
    google.statusList.revoke('ab12')
    expect(feed.refreshAt()).toBe(start + 600_000)
    now += 600_000
    await feed.refresh()
    expect(await source.stateOf('ab12')).toBe('revoked')
    google.statusList.restore('ab12')
    await feed.refresh()
    expect(await source.stateOf('ab12')).toBe('not_listed')
  })

  test('a list that has not changed is not sent again', async () => {
    const feed = feedOf()
    await feed.refresh()
    await feed.refresh()
    expect([google.statusList.asked, google.statusList.unchanged]).toEqual([2, 1])
  })

  test.each(behaviours)('%s: %s, and the list from before stays', async (behaviour, code) => {
    const feed = feedOf(code)
    await feed.refresh()
    const before = feed.current()
    google.behave('statusList', behaviour)
    expect(await codeOf(feed.refresh())).toBe(code)
    expect(feed.current()).toBe(before)
    google.behave('statusList', 'sound')
    expect(await codeOf(feed.refresh())).toBe('accepted')
  })
})

describe('Play Integrity tokens of standard requests', () => {
  let folder: string
  let credentials: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'assay-google-'))
    credentials = path.join(folder, 'account.json')
    await writeFile(credentials, newServiceAccount())
  })
  afterAll(() => rm(folder, { recursive: true }))

  const decoder = (expected = 'accepted'): TokenDecoder<App> =>
    createTokenDecoder({
      api: decodingApi,
      baseUrl: google.playIntegrityUrl,
      credentials,
      budget: { take: () => Promise.resolve(true) },
      fetch,
      clock: () => now,
      undecodable: (cause) => new UndecodableTokenError({ cause }),
      timeout: patience(expected),
    })

  const tokenFor = (request = { binding, app: installed }) => play.standard(request)
  const verify = (decode: TokenDecoder<App>, item: ReturnType<typeof tokenFor>, asked: App = app) =>
    playIntegrity.verify(
      playIntegrity.parse(item),
      playIntegrityContext({
        apps: [{ platform: 'android', package: asked.package, signers: [signer] }],
        commitment: playIntegrity.commitment(binding),
        now: Math.floor(now / 1000),
        maxAgeSeconds: 120,
        request: 'standard',
        decode: (_package, token) => decode(asked, token),
      }),
    )

  test('become claims', async () => {
    const decode = decoder()
    expect((await verify(decode, tokenFor())).claims).toMatchObject({
      package: 'com.example.app',
      versionCode: 7,
      appRecognitionVerdict: 'PLAY_RECOGNIZED',
    })
  })

  test('that come again cost no second call, and are judged again', async () => {
    const decode = decoder()
    const item = tokenFor()
    await verify(decode, item)
    now += 119_000
    await verify(decode, item)
    expect(google.playIntegrity.asked).toBe(1)
    const other = tokenFor({ binding: 'c'.repeat(43), app: installed })
    expect([await codeOf(verify(decode, other)), await codeOf(verify(decode, other))]).toEqual([
      'PLAY_INTEGRITY_COMMITMENT',
      'PLAY_INTEGRITY_COMMITMENT',
    ])
    expect(google.playIntegrity.asked).toBe(2)
  })

  test('that are malformed, or of another package, are denied', async () => {
    const decode = decoder()
    const none = { ...tokenFor(), token: 'A'.repeat(500) }
    expect(await codeOf(verify(decode, none))).toBe('PLAY_INTEGRITY_UNDECODABLE')
    expect(await codeOf(verify(decode, tokenFor(), { ...app, package: 'com.example.other' }))).toBe(
      'PLAY_INTEGRITY_UNDECODABLE',
    )
  })

  test("are a malfunction once Google's quota is spent, and good again when there is more", async () => {
    const decode = decoder()
    google.playIntegrity.quota = 1
    await verify(decode, tokenFor())
    const item = tokenFor()
    expect(await codeOf(verify(decode, item))).toBe('VENDOR_QUOTA')
    google.playIntegrity.quota = 1
    expect(await codeOf(verify(decode, item))).toBe('accepted')
  })

  test.each(behaviours)('%s: %s, never a denial, and good once Google answers', async (behaviour, code) => {
    const decode = decoder(code)
    const item = tokenFor()
    google.behave('playIntegrity', behaviour)
    expect(await codeOf(verify(decode, item))).toBe(code)
    google.behave('playIntegrity', 'sound')
    expect(await codeOf(verify(decode, item))).toBe('accepted')
  })
})
