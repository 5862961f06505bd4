import { neverPasses } from '@assay/service'
import type { Api, App, Build } from '@assay/protocol/schemas'
import { expect, test } from 'vitest'
import {
  examineRegistration,
  type AppRecord,
  type Registration,
} from '../../src/doctor/examine-registration.ts'
import { unknowns } from '../../src/doctor/unknowns.ts'
import { exampleBuild } from '../examples.ts'

const now = Date.UTC(2026, 10, 26)
const id = 'com.example.app'
const evidence = { android_key_attestation: { enrolments_per_day: { device: 5, batch: 1000 } } }

function record(more: {
  app?: Partial<App>
  build?: Partial<Build>
  activity?: Partial<AppRecord['activity']>
}): AppRecord {
  return {
    app: {
      id,
      platform: 'android',
      name: id,
      package: id,
      signers: ['ab'],
      store_signers: [],
      upload_signers: [],
      teams: [],
      min_version_code: 1,
      beta_min_version_code: null,
      internal_min_version_code: null,
      probes: ['js.crypto'],
      evidence,
      optional_evidence: [],
      evidence_since: {},
      unvouched_per_day: null,
      remedies: [],
      shadow_policy: null,
      references: false,
      let_through_tiers: ['warning'],
      policy: null,
      created_at: '2026-11-01T00:00:00Z',
      ...more.app,
    },
    builds: [exampleBuild(more.build)],
    activity: {
      app: id,
      since: '2026-11-19T00:00:00Z',
      builds: [],
      refusals: [],
      evidence: [],
      installations: { total: 0, without: {} },
      ...more.activity,
    },
  }
}

const api = (more: Partial<Api> = {}): Api => ({
  audience: 'https://api.example.com',
  name: 'API',
  apps: [id],
  token: 'attestation',
  channels: ['production'],
  tiers: ['affirming', 'warning'],
  mode: 'bound',
  enforcement: 'enforce',
  token_lifetime: 300,
  origins: [],
  policy: null,
  allow_listed: false,
  created_at: '2026-11-01T00:00:00Z',
  ...more,
})
const adminKey = {
  id: 'k1',
  name: 'Ada',
  scope: 'admin' as const,
  apps: [],
  public_key: null,
  let_through: false,
  expires_at: null,
  last_used_at: null,
  created_at: '2026-11-01T00:00:00Z',
}
const pipelineKey = { ...adminKey, id: 'k2', name: 'pipeline', scope: 'registration' as const, apps: [id] }

const registered = (more: Partial<Registration> = {}): Registration => ({
  apps: [record({})],
  apis: [api()],
  keys: [adminKey, pipelineKey],
  ...more,
})
/** Each finding's texts say what it is about. */
function codesOf(registration: Registration): string[] {
  const found = examineRegistration(registration, now, neverPasses)
  for (const { meaning, action } of found) expect(meaning + action).not.toMatch(/[{}]/)
  return found.map(({ code }) => code)
}

test('what is in order is without finding', () => {
  expect(codesOf(registered())).toEqual([])
})

test.each<[string, Partial<Registration>, string[]]>([
  ['no app', { apps: [], apis: [api()] }, ['DOCTOR_NO_APP']],
  [
    'an API whose app was removed',
    { apis: [api(), api({ audience: 'https://old.example.com', apps: [] })] },
    ['DOCTOR_API_WITHOUT_APP'],
  ],
  ['no API', { apis: [] }, ['DOCTOR_APP_WITHOUT_API', 'DOCTOR_NO_API']],
  [
    'the first admin key',
    { keys: [{ ...adminKey, name: 'first admin key' }, pipelineKey] },
    ['DOCTOR_FIRST_ADMIN_KEY'],
  ],
  ['no key for pipelines', { keys: [adminKey] }, ['DOCTOR_NO_PIPELINE_KEY']],
  ['a key without apps', { keys: [adminKey, { ...pipelineKey, apps: [] }] }, ['DOCTOR_KEY_WITHOUT_APPS']],
  [
    'an old key',
    { keys: [{ ...adminKey, created_at: '2025-01-01T00:00:00Z' }, pipelineKey] },
    ['DOCTOR_KEY_OLD'],
  ],
  ...[
    [-1, ['DOCTOR_KEY_ENDS_SOON']],
    [30, ['DOCTOR_KEY_ENDS_SOON']],
    [31, []],
  ].map(([days, codes]): [string, Partial<Registration>, string[]] => [
    `a key that ends in ${String(days)} days`,
    {
      keys: [
        { ...adminKey, expires_at: new Date(now + Number(days) * 86_400_000).toISOString() },
        pipelineKey,
      ],
    },
    codes as string[],
  ]),
])('%s', (_name, more, codes) => {
  expect(codesOf(registered(more))).toEqual(codes)
})

test.each<[string, Parameters<typeof record>[0], string[]]>([
  ['no minimum version', { app: { min_version_code: 0 } }, ['DOCTOR_NO_MINIMUM_VERSION']],
  ['no probes', { app: { probes: [] } }, ['DOCTOR_NO_PROBES']],
  ['no hardware evidence', { app: { evidence: {} } }, ['DOCTOR_APP_WITHOUT_HARDWARE']],
  [
    'installations that lack a kind',
    { activity: { installations: { total: 4, without: { android_key_attestation: 1 } } } },
    ['DOCTOR_EVIDENCE_MISSING'],
  ],
  [
    'a kind that may be left out',
    { app: { optional_evidence: ['android_key_attestation'] } },
    ['DOCTOR_EVIDENCE_OPTIONAL'],
  ],
  ['no signer that counts', { build: { signers: [] } }, ['DOCTOR_NO_SIGNER']],
  [
    'an upload key that counts',
    { app: { store_signers: ['cd'] }, build: { signers: ['ab'] } },
    ['DOCTOR_UPLOAD_KEY_COUNTS'],
  ],
  [
    'evidence of builds that no store released',
    { activity: { evidence: [{ name: 'some_kind', remarks: ['development'] }] } },
    ['DOCTOR_EVIDENCE_DEVELOPMENT'],
  ],
  ['evidence that no policy judges', { app: { policy: 'software-only' } }, ['DOCTOR_EVIDENCE_NOT_JUDGED']],
  ['a build below the minimum', { app: { min_version_code: 2 } }, ['DOCTOR_APP_WITHOUT_BUILD']],
  ['development and no build', { app: { development: true, min_version_code: 2 } }, []],
  [
    'a retired build, whatever is wrong with it',
    { build: { state: 'retired', debuggable: true } },
    ['DOCTOR_APP_WITHOUT_BUILD'],
  ],
  ['a debuggable build', { build: { debuggable: true } }, ['DOCTOR_BUILD_DEBUGGABLE']],
  [
    'a debug certificate',
    { build: { warnings: ['signed_with_debug_certificate'] } },
    ['DOCTOR_BUILD_DEBUG_CERTIFICATE'],
  ],
  ['a test build', { build: { warnings: ['test_only'] } }, ['DOCTOR_BUILD_TEST_ONLY']],
  ['scheme v1', { build: { warnings: ['signed_with_v1_only'] } }, ['DOCTOR_BUILD_V1_ONLY']],
  ['no SDK', { build: { warnings: ['no_sdk_segment'] } }, ['DOCTOR_BUILD_WITHOUT_SDK']],
  ['half an SDK', { build: { warnings: ['sdk_manifest_incomplete'] } }, ['DOCTOR_BUILD_SDK_INCOMPLETE']],
  ['scripts alone', { build: { coverage: 'scripts' } }, ['DOCTOR_BUILD_SCRIPTS_ONLY']],
  ['a build that nobody has', { build: { created_at: '2026-01-01T00:00:00Z' } }, ['DOCTOR_BUILD_UNUSED']],
  [
    'a build that never passes',
    {
      activity: {
        refusals: [
          { build: '1.0+1', outcome: 'denied', code: 'X', count: 3, last_at: '2026-11-25T00:00:00Z' },
        ],
      },
    },
    ['DOCTOR_BUILD_ALWAYS_REFUSED'],
  ],
])('an app with %s', (_name, more, codes) => {
  expect(codesOf(registered({ apps: [record(more)] }))).toEqual(codes)
})

test.each<[string, Partial<Api>, string[]]>([
  ['plain http', { audience: 'http://api.example.com' }, ['DOCTOR_API_PLAIN']],
  ['plain http on this machine', { audience: 'http://127.0.0.1:3000' }, []],
  ['tier contraindicated', { tiers: ['contraindicated'] }, ['DOCTOR_API_ADMITS_CONTRAINDICATED']],
  ['observe', { enforcement: 'observe' }, ['DOCTOR_API_OBSERVES']],
  ['bearer tokens', { mode: 'bearer' }, ['DOCTOR_API_BEARER']],
  ['an http origin', { origins: ['http://www.example.com'] }, ['DOCTOR_ORIGIN_PLAIN']],
  ["a developer's origin", { origins: ['http://localhost:5173'] }, ['DOCTOR_ORIGIN_LOOPBACK']],
  ['a policy that ignores evidence', { policy: 'software-only' }, ['DOCTOR_EVIDENCE_NOT_JUDGED']],
])('an API with %s', (_name, more, codes) => {
  expect(codesOf(registered({ apis: [api(more)] }))).toEqual(codes)
})

test.each([
  ['strict', ['DOCTOR_POLICY_NEVER_PASSES']],
  ['balanced', ['DOCTOR_POLICY_NEVER_PASSES']],
  ['observe', []],
  ['ours', []],
])('a web app under the policy %s', (policy, codes) => {
  const apps = [record({ app: { platform: 'web', evidence: {}, policy } })]
  const apis = [api({ tiers: ['affirming', 'warning'] })]
  expect(codesOf(registered({ apps, apis }))).toEqual(codes)
  const apisOwn = [api({ tiers: ['warning'], policy })]
  const unnamed = [record({ app: { platform: 'web', evidence: {} } })]
  expect(codesOf(registered({ apps: unnamed, apis: apisOwn }))).toEqual(codes)
})

test('an API that accepts affirming alone, for an app with software measurement alone', () => {
  const apps = [record({ app: { platform: 'web', evidence: {} } })]
  expect(codesOf(registered({ apps, apis: [api({ tiers: ['affirming'] })] }))).toEqual([
    'DOCTOR_TIER_OUT_OF_REACH',
  ])
  expect(codesOf(registered({ apps, apis: [api({ tiers: ['affirming'], policy: 'ours' })] }))).toEqual([])
})

test('what nobody can find out is said, as far as it concerns what is registered', () => {
  const said = (registration: Registration, sawFolder: boolean) =>
    unknowns(registration, { sawFolder, nodes: 1 }).join('\n')
  const activity = { evidence: [{ name: 'some_kind', remarks: ['sealed_secret' as const] }] }
  expect(said(registered({ apps: [record({ activity })] }), true)).toMatch(
    /secrets of com\.example\.app \(some_kind\)/,
  )
  expect(said(registered(), true)).toMatch(/Play App Signing[^]*behind a guard/)
  expect(said(registered({ apps: [], apis: [] }), true)).not.toMatch(/Play|guard/)
  expect(said(registered(), false)).toMatch(/on the machine of the service/)
})
