import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ServiceStatus } from '@assay/protocol/schemas'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { examineFolder } from '../../src/doctor/examine-folder.ts'
import {
  clockDifference,
  examinePublicUrl,
  examineReadiness,
  examineService,
  examineVendors,
  type ObservedService,
} from '../../src/doctor/examine-service.ts'
import { exitCodes } from '../../src/faults/cli-codes.ts'
import { CliError } from '../../src/faults/cli-error.ts'
import type { Finding } from '../../src/faults/findings.ts'
import type { Look } from '../../src/service-client/service-client.ts'

const now = Date.UTC(2026, 10, 26)
const url = 'https://attest.example.com'

const look = (more: Partial<Look> = {}): Look => ({
  value: {},
  date: now,
  sentAt: now,
  answeredAt: now,
  ...more,
})

const health = {
  store_latency_ms: 1.5,
  disk_free_bytes: 50_000_000_000,
  store_timeouts: 0,
  caches: [],
  status_lists: [],
  vendor_lists: [],
}
const cache = (name: 'used_challenges' | 'plans', held: number) => ({ name, held, most: 100 })

const observed = (
  status: Partial<ServiceStatus> = {},
  more: Partial<ObservedService> = {},
): ObservedService => ({
  server: new URL(url),
  status: {
    public_url: url,
    host: '10.0.0.5',
    store: 'sqlite',
    epoch_length: 1800,
    log_level: 'info',
    health,
    trusted_proxies: ['10.0.0.1'],
    version: '1.0.0',
    test_vendors: false,
    google_credentials: true,
    started_at: '2026-11-26T00:00:00Z',
    server_time: '2026-11-26T00:00:00Z',
    api_key: { id: 'k', name: 'Ada', scope: 'admin' },
    ...status,
  },
  published: published('k1'),
  readiness: { ready: true },
  ...more,
})

function published(kid: string, issuer = url) {
  return { issuer, jwks: { keys: [{ kid }] } as never, look: look() }
}

/** Each finding's texts say what it is about. */
function codes(found: readonly Finding[]): string[] {
  for (const { meaning, action } of found) expect(meaning + action).not.toMatch(/[{}]/)
  return found.map(({ code }) => code)
}

test('a service behind a proxy with TLS is without finding', () => {
  expect(codes(examineService(observed()))).toEqual([])
})

test.each<[string, ObservedService, string[]]>([
  [
    'asked without TLS',
    observed({}, { server: new URL('http://attest.example.com') }),
    ['DOCTOR_KEY_UNENCRYPTED'],
  ],
  ['that is not ready', observed({}, { readiness: { ready: false } }), ['DOCTOR_NOT_READY']],
  ['of a test world', observed({ test_vendors: true }), ['DOCTOR_TEST_VENDORS']],
  [
    'without keys',
    observed({}, { published: { ...published('k1'), jwks: { keys: [] } } }),
    ['DOCTOR_NO_SIGNING_KEY'],
  ],
  [
    'for this machine',
    observed({ public_url: 'http://127.0.0.1:8787', host: '127.0.0.1' }),
    ['DOCTOR_PUBLIC_URL_LOOPBACK'],
  ],
  [
    'that others reach by http',
    observed({ public_url: 'http://10.0.0.5:8787' }),
    ['DOCTOR_PUBLIC_URL_PLAIN'],
  ],
  [
    'whose database is slow',
    observed({ health: { ...health, store_latency_ms: 300, disk_free_bytes: null } }),
    ['DOCTOR_STORE_SLOW'],
  ],
  [
    'whose disk is nearly full',
    observed({ health: { ...health, store_latency_ms: null, disk_free_bytes: 1_000_000 } }),
    ['DOCTOR_DISK_LOW'],
  ],
  [
    'whose database did not answer',
    observed({ health: { ...health, store_timeouts: 3 } }),
    ['DOCTOR_STORE_TIMEOUTS'],
  ],
  [
    'with a full cache beside one that is not',
    observed({ health: { ...health, caches: [cache('used_challenges', 91), cache('plans', 90)] } }),
    ['DOCTOR_CACHE_FULL'],
  ],
  [
    'with a long status list beside one that is not',
    observed({
      health: {
        ...health,
        status_lists: [
          { api: 'https://api.example.com', names: 1_001, builds: 0, shards: 1, bytes: 8_500 },
          { api: 'https://other.example.com', names: 1_000, builds: 1, shards: 0, bytes: 63_000 },
        ],
      },
    }),
    ['DOCTOR_STATUS_LIST_LONG'],
  ],
  ['that trusts no proxy', observed({ trusted_proxies: [] }), ['DOCTOR_NO_TRUSTED_PROXY']],
  ['on every address', observed({ host: '0.0.0.0' }), ['DOCTOR_LISTENS_EVERYWHERE']],
  [
    'with another clock',
    observed({}, { published: { ...published('k1'), look: look({ date: now - 60_000 }) } }),
    ['DOCTOR_CLOCK_DIFFERENCE'],
  ],
  ['with long epochs', observed({ epoch_length: 86_400 }), ['DOCTOR_EPOCH_LONG']],
  ['that logs nothing', observed({ log_level: 'silent' }), ['DOCTOR_LOG_QUIET']],
])('a service %s', (_name, service, expected) => {
  expect(codes(examineService(service))).toEqual(expected)
})

test.each<[string, Partial<Look>, number]>([
  ['within the second that the field leaves open', { date: now - 900 }, 0],
  ['ahead', { date: now + 5_000, answeredAt: now + 1_000 }, 4_000],
  ['behind', { date: now - 5_000 }, -4_000],
  ['unknown', { date: undefined }, 0],
])('a clock that is %s', (_name, more, difference) => {
  expect(clockDifference(look(more))).toBe(difference)
})

test('evidence that only the vendor decodes needs a Google service account', () => {
  const apps = [
    { app: 'a', evidence: [{ name: 'some_kind', remarks: ['vendor_account' as const] }] },
    { app: 'b', evidence: [{ name: 'some_kind', remarks: [] }] },
  ]
  expect(examineVendors({ google_credentials: false }, apps)).toMatchObject([
    { code: 'DOCTOR_GOOGLE_CREDENTIALS_MISSING', about: { app: 'a', kind: 'some_kind' } },
  ])
  expect(examineVendors({ google_credentials: true }, apps)).toEqual([])
})

describe('at the public URL', () => {
  const refused = (code: string) => new CliError(code, 'refused', exitCodes.refused)
  const answering = (kid: string, operators: Error) => () => ({
    look: (path: string) => {
      if (path === 'v1/keys') return Promise.reject(operators)
      return Promise.resolve(
        look({ value: path.endsWith('jwks.json') ? { keys: [{ kid }] } : { issuer: url } }),
      )
    },
  })

  test.each<[string, Parameters<typeof examinePublicUrl>[1], string[]]>([
    ['the same service, for apps alone', answering('k1', refused('not_found')), []],
    [
      'the same service, for operators too',
      answering('k1', refused('unauthorized')),
      ['DOCTOR_OPERATOR_ENDPOINTS_PUBLIC'],
    ],
    ['another service', answering('k2', refused('not_found')), ['DOCTOR_PUBLIC_URL_OTHER_SERVICE']],
    [
      'nothing',
      () => ({ look: () => Promise.reject(refused('CLI_SERVICE_UNREACHABLE')) }),
      ['DOCTOR_PUBLIC_URL_UNREACHABLE'],
    ],
  ])('%s', async (_name, at, expected) => {
    expect(codes(await examinePublicUrl(observed(), at))).toEqual(expected)
  })

  test('a fault of the CLI is none of the service', async () => {
    const at = () => ({ look: () => Promise.reject(new TypeError('a fault')) })
    await expect(examinePublicUrl(observed(), at)).rejects.toThrow(TypeError)
  })
})

describe.skipIf(process.platform === 'win32')('the folder of a service on this machine', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-doctor-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const data = path.join(folder, 'data')
  const sealingKeyFile = path.join(folder, 'sealing.key')

  test('is not looked for elsewhere', async () => {
    expect(await examineFolder({ data, sealingKeyFile })).toBeUndefined()
  })

  test('is for its owner alone, and so is the key, which lies outside', async () => {
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(sealingKeyFile, '', { mode: 0o600 })
    expect(await examineFolder({ data, sealingKeyFile })).toEqual([])
    chmodSync(data, 0o755)
    chmodSync(sealingKeyFile, 0o644)
    expect(codes((await examineFolder({ data, sealingKeyFile })) ?? [])).toEqual([
      'DOCTOR_SEALING_KEY_READABLE',
      'DOCTOR_DATA_FOLDER_READABLE',
    ])
    expect(codes((await examineFolder({ data, sealingKeyFile: path.join(data, 'key') })) ?? [])).toContain(
      'DOCTOR_SEALING_KEY_INSIDE',
    )
  })

  test('may be read by the group of this process if another user owns it, as in a pod', async () => {
    const owner = vi.spyOn(process, 'getuid').mockReturnValue(12_345)
    const groups = vi.spyOn(process, 'getgroups')
    const found = async () => codes((await examineFolder({ data, sealingKeyFile })) ?? [])
    try {
      chmodSync(data, 0o2770)
      chmodSync(sealingKeyFile, 0o440)
      expect(await found()).toEqual([])
      chmodSync(sealingKeyFile, 0o444)
      expect(await found()).toEqual(['DOCTOR_SEALING_KEY_READABLE'])
      chmodSync(sealingKeyFile, 0o440)
      // Root, who is in none of the service's groups.
      groups.mockReturnValue([])
      expect(await found()).toEqual(['DOCTOR_SEALING_KEY_READABLE', 'DOCTOR_DATA_FOLDER_READABLE'])
    } finally {
      owner.mockRestore()
      groups.mockRestore()
    }
    expect(await found()).toEqual(['DOCTOR_SEALING_KEY_READABLE', 'DOCTOR_DATA_FOLDER_READABLE'])
  })
})

test.each([
  ['a frozen database', 'STORAGE_NOT_ANSWERING', 'gave no answer in time'],
  ['a full disk', 'STORAGE_FULL', 'The disk of the database is full'],
  ['Valkey', 'STORAGE_VALKEY_NOT_ANSWERING', 'Valkey gave no answer'],
])('names what the service is not ready for: %s', (_what, reason, words) => {
  const [found] = examineReadiness({ ready: false, reason })
  expect(found?.meaning).toContain(reason)
  expect(found?.meaning).toContain(words)
  expect(found?.action).not.toContain('{')
})
