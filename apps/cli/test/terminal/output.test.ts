import { afterEach, expect, test } from 'vitest'
import { exampleApp, exampleBuild, exampleSegment } from '../examples.ts'
import { cli, fakeService } from '../fake-service.ts'

/** What takes a terminal over: its title, its colours, its lines, the direction of its writing. */
const hostile = '\u001b]0;owned\u0007\u001b[2J\r\n\u202egnp\u0085\u2028'
const at = '2026-11-27T10:00:00.000Z'
const hash = 'a'.repeat(43)
const trace = {
  trace: 'H8SGZZG7BK8JKD36W',
  at,
  app: 'com.example.app',
  build: hostile,
  outcome: 'hearsay',
  code: hostile,
  segments: [hostile],
  ear: null,
  key: null,
  device: null,
  refused: [],
}

let close: (() => Promise<unknown>) | undefined
afterEach(() => close?.())

const key = {
  id: 'k',
  name: hostile,
  scope: 'read',
  apps: [],
  public_key: null,
  let_through: false,
  prefix: 'assay_aaaa',
}
const allowed = {
  ...{
    app: hostile,
    audience: hostile,
    installation: hostile,
    note: hostile,
    author: hostile,
    tier: hostile,
  },
  ...{ created_at: at, expires_at: at },
}
const ban = {
  ...{ app: hostile, kind: hostile, vouching_key: hostile, installation: hostile, audience: hostile },
  ...{ note: hostile, author: hostile, created_at: at, expires_at: at },
}
const installation = {
  ...{ app: hostile, key: hash, remembered: true, first_seen: at, last_seen: at, found_by: 'reference' },
}
const shown = {
  ...installation,
  device: {
    platform: hostile,
    vouched: { os_version: hostile, patch_level: hostile, at },
    said: { os_version: hostile, model: hostile, at },
  },
  names: [{ audience: hostile, installation: hostile }],
  evidence: [{ format: hostile }],
  vouching_key: { kind: hostile, id: hostile },
  other_keys: [{ key: hostile, last_seen: at }],
  builds: [hostile],
  refusals: [{ day: '2026-11-27', outcome: 'denied', code: hostile, times: 1 }],
  bans: [ban],
  allowed: [allowed],
  let_through: [{ audience: hostile, trace: hostile, tier: 'warning', obstacle: null }],
  reference_said_at: at,
  traces: [],
}
const build = exampleBuild({ version_name: hostile, segments: [exampleSegment(hostile, 'x')] })
const counts = { passed: 1, refused: 1, malfunctions: 0, reported: 1 }

const none = { passed: 0, refused: 1, alike: 1 }
const shownTrace = {
  ...trace,
  ...{ names: [], recent: { now: none, before: none }, may_read_all: false },
  registered_build: {
    state: 'active',
    version_code: 1,
    version_name: hostile,
    created_at: at,
    last_seen_at: at,
  },
  apis: [
    { audience: hostile, tiers: ['affirming'], enforcement: 'enforce', policy: hostile, allow_listed: false },
  ],
}

test.each<[string, unknown]>([
  ['app list', { apps: [exampleApp({ name: hostile })] }],
  ['build list --app com.example.app', { builds: [build] }],
  [
    'build show 1.0+1 --app com.example.app',
    {
      ...build,
      entries: [{ number: 1, at, key: null, key_name: hostile, action: hostile, object: hostile }],
      groups: [{ build: hostile, abi: hostile, variant: hostile, ...counts }],
    },
  ],
  ['key list', { keys: [{ ...key, created_at: at, expires_at: null, last_used_at: null }] }],
  ['policy list', { policies: [{ id: hostile, version: 1, preset: false, document: {}, created_at: at }] }],
  ['attestation list', { attestations: [trace] }],
  ['attestation show H8SGZZG7BK8JKD36W', trace],
  ['doctor H8SGZZG7BK8JKD36W', shownTrace],
  [
    'audit list',
    { entries: [{ number: 1, at, key: null, key_name: hostile, action: 'app.add', object: hostile }] },
  ],
  [
    'audit show 1',
    {
      ...{ number: 1, at, key: null, key_name: hostile, action: 'app.add', object: hostile },
      ...{ before: null, after: { name: hostile }, previous: hash, hash },
    },
  ],
  [
    'audit verify',
    {
      ...{ ok: true, head: { number: 1, hash }, fault: null },
      run: { began_at: at, ended_at: at, entries: 1 },
    },
  ],
  ['installation list --app com.example.app', { installations: [installation] }],
  [
    `installation show --app com.example.app --key ${hash}`,
    { installations: [{ ...installation, found_by: 'key' }], ...shown },
  ],
  ['allow list --app com.example.app', { entries: [allowed] }],
  ['ban list --app com.example.app', { bans: [ban] }],
  [
    'stats --by os_version --count installations',
    {
      ...{ since: at, until: at, truncated: false, standard_error: 0.033 },
      groups: [{ app: hostile, os_version: hostile, passed: 1, refused: 1 }],
    },
  ],
  [
    'stats --by build,code',
    {
      since: at,
      until: at,
      groups: [{ build: hostile, code: hostile, ...counts }],
      truncated: false,
      latency: { buckets: [], p50_ms: null, p90_ms: null, p99_ms: null },
    },
  ],
])('assay %s: a terminal obeys nothing of what others have named', async (line, body) => {
  const fake = await fakeService(({ url }) => {
    // Beside the trace, `doctor` asks what is registered: nothing any more.
    if (!line.startsWith('doctor') || url.startsWith('/v1/attestations/')) return { status: 200, body }
    if (url.startsWith('/v1/apis')) return { status: 200, body: { apis: [] } }
    return { status: 404, body: { code: 'app_not_found' } }
  })
  close = fake.close
  const { stdout, stderr } = await cli([...line.split(' '), '--server', fake.url], { ASSAY_API_KEY: 'a-key' })
  expect(stdout.length).toBeGreaterThan(10)
  expect(stdout + stderr).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/,
  )
})
