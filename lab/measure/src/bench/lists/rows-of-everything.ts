import { statusListPath, type AdmissibleTier, type BuildWarning, type Channel } from '@assay/protocol'
import type { AppSettings } from '@assay/service/tables'
import { insertMany, insertOne, json, sql, type Columns } from '../store/inserts.ts'

/** The app that most rows belong to; it is the first in order of id. */
export const bigApp = 'com.example.a'

/** Of the big app, and within the last 25 minutes: what its status lists name. */
const bansPerRow = 10
/** A time long before anything that is read in advance. */
const before = 1_577_836_800_000

/** `i` in texts of one length, so that they sort like numbers. */
const digits = 'cast(1000000 + i as text)'
const hexDigits = `('00000000000000000000000000000000000000000000000000000000a' || ${digits})`

/** `hexDigits` as the database keeps a digest, in bytes. */
const digests = {
  sqlite: sql(`unhex('01' || substr(${hexDigits}, -64))`),
  postgres: sql(`decode('01' || right(${hexDigits}, 64), 'hex')`),
}

const settingsOf = (name: string, packageName: string): Columns<'apps'>['settings'] =>
  json<AppSettings>({
    name,
    package: packageName,
    teams: [],
    min_version_code: 0,
    beta_min_version_code: null,
    internal_min_version_code: null,
    probes: [],
    evidence: {},
    evidence_since: {},
    optional_evidence: [],
    unvouched_per_day: null,
    remedies: [],
    policy: null,
    shadow_policy: null,
    references: false,
    let_through_tiers: [],
  })

/**
 * Statements that write `count` rows of everything that an operator can list, and ten times as many bans more.
 *
 * @param now milliseconds since 1970
 */
export function statements(now: number, store: keyof typeof digests, count: number): readonly string[] {
  const digest = digests[store]
  const hex = sql(hexDigits)
  const signers = sql(`'["' || ${hexDigits} || '"]'`)
  const [audience, otherApp, build] = [
    sql(`'https://api' || ${digits} || '.example'`),
    sql(`'com.example.b' || ${digits}`),
    sql(`'1.0+' || ${digits}`),
  ]
  const ban = {
    ...{ app: bigApp, vouching_key: digest, audience: null, note: null, author: null, expires_at: null },
  }
  const policy = { document: json<unknown>({}), created_at: before }
  return [
    insertOne('apps', {
      ...{ id: bigApp, platform: 'android', settings: settingsOf('Big', bigApp), created_at: before },
    }),
    insertMany(
      'apps',
      {
        id: otherApp,
        platform: 'android',
        settings: settingsOf('App', 'com.example.b'),
        created_at: before,
      },
      count,
    ),
    insertMany('app_signers', { app: otherApp, sha256: hex }, count),
    insertMany(
      'apis',
      {
        audience,
        name: 'API',
        token: 'attestation',
        channels: json<Channel[]>(['production']),
        tiers: json<AdmissibleTier[]>(['affirming', 'warning']),
        mode: 'bound',
        enforcement: 'enforce',
        token_lifetime: 300,
        origins: json<string[]>([]),
        policy: null,
        allow_listed: 0,
        development: 0,
        created_at: before,
      },
      count,
    ),
    insertMany('api_apps', { audience, app: bigApp }, count),
    insertMany(
      'api_keys',
      {
        id: sql(`'key' || ${digits}`),
        name: 'pipeline',
        scope: 'registration',
        prefix: 'assay_abc',
        hash: hex,
        public_key: null,
        let_through: 0,
        created_at: before,
        expires_at: null,
        last_used_at: null,
        mac: '',
      },
      count,
    ),
    insertMany('api_key_apps', { key: sql(`'key' || ${digits}`), app: bigApp, mac: '' }, count),
    insertMany(
      'builds',
      {
        app: bigApp,
        id: build,
        format: 'apk',
        package: bigApp,
        version_name: '1.0',
        version_code: sql('i'),
        min_sdk: null,
        target_sdk: null,
        debuggable: 0,
        signers,
        schemes: json<string[]>(['v2', 'v3']),
        framework: 'native',
        sdk: null,
        upload_signer: null,
        sdk_manifest: sql(`'{"filler":"${'a'.repeat(1000)}"}'`),
        coverage: 'image',
        channel: 'production',
        expires_at: null,
        difference_until: null,
        base: null,
        splits: null,
        image_digest: hex,
        warnings: json<BuildWarning[]>([]),
        state: 'active',
        retired_at: null,
        created_at: before,
        last_seen_at: null,
        registered_by: null,
        first_ended_at: null,
      },
      count,
    ),
    insertMany(
      'build_segments',
      {
        ...{ app: bigApp, build, variant: '', name: 'classes.dex', kind: 'dex', length: 5, sha256: hex },
      },
      count,
    ),
    insertMany('policies', { id: sql(`'policy' || ${digits}`), version: 1, ...policy }, count),
    insertMany('policies', { id: 'often', version: sql('i'), ...policy }, count),
    insertMany('bans', { ...ban, kind: 'android-device', created_at: before }, count),
    insertMany(
      'bans',
      { ...ban, kind: 'installation-key', created_at: sql(`${now} - i`) },
      bansPerRow * count,
    ),
    insertOne('app_numbers', { number: sql('1'), app: bigApp }),
    insertOne('format_sets', { number: sql('1'), formats: 'android-key-attestation play-integrity' }),
    insertOne('format_sets', { number: sql('2'), formats: 'play-integrity' }),
    insertMany(
      'installations',
      {
        id: sql('i'),
        app: 1,
        created_at: now,
        version_code: 1,
        assertion_counter: 0,
        seen_on: Math.floor(now / 86_400_000),
        formats: sql('case when i % 10 = 0 then 2 else 1 end'),
        thumbprint: digest,
        binding: digest,
        vouching_key_kind: 'android-device',
        vouching_key: digest,
        holder_key: 'hardware',
        abi: null,
        assertion_key: null,
      },
      count,
    ),
    insertMany(
      'attestation_traces',
      {
        trace: sql(`'T' || ${digits} || 'abcdefghijklmn'`),
        happened_at: sql(`${now} - i`),
        app: bigApp,
        build: sql("'1.0+' || cast(1000000 + i % 1000 as text)"),
        outcome: 'denied',
        code: sql("'CODE_' || cast(i % 7 as text)"),
        segments: json<string[]>([]),
        ear: json<unknown>({ filler: 'a'.repeat(800) }),
        thumbprint: null,
        device: null,
        refused: null,
        reference: null,
      },
      count,
    ),
  ]
}

/** Lists of the HTTP interface for operators, by their contents, where there are `count` rows of each. */
export const listsOf = (count: number): Readonly<Record<string, string>> => ({
  apps: '/v1/apps?limit=1000',
  'apps, in the middle': `/v1/apps?limit=1000&after=com.example.b${middle(count)}`,
  APIs: '/v1/apis?limit=1000',
  'APIs, in the middle': `/v1/apis?limit=1000&after=https://api${middle(count)}.example`,
  'API keys': '/v1/keys?limit=1000',
  policies: '/v1/policies?limit=1000',
  'policies, one of 100,000 versions': '/v1/policies?limit=1000&after=ofte',
  evidence: '/v1/evidence',
  builds: `/v1/apps/${bigApp}/builds?limit=1000`,
  'builds, in the middle': `/v1/apps/${bigApp}/builds?limit=1000&after=1.0%2B${middle(count)}`,
  bans: `/v1/apps/${bigApp}/bans?limit=1000`,
  'bans, in the middle': `/v1/apps/${bigApp}/bans?limit=1000&after=android-device:00000000000000000000000000000000000000000000000000000000a${middle(count)}`,
  'bans, in the middle of a million': `/v1/apps/${bigApp}/bans?limit=1000&after=installation-key:00000000000000000000000000000000000000000000000000000000a${middle(bansPerRow * count)}`,
  activity: `/v1/apps/${bigApp}/activity?days=30`,
  'builds seen': `/v1/apps/${bigApp}/activity/builds?limit=1000`,
  'one trace': '/v1/attestations/T1000001abcdefghijklmn',
})

/** The digits of the row in the middle. */
export const middle = (count: number): number => 1_000_000 + count / 2

/** The status list of one of the APIs: it names the installations of all the newer bans. */
export const statusListOf = (count: number): string => statusListPath(`https://api${middle(count)}.example`)
