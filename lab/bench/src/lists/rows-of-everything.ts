import { statusListPath } from '@assay/protocol'

/** The app that most rows belong to; it is the first in order of id. */
export const bigApp = 'com.example.a'

const count = 100_000
/** Of the big app, and within the last 25 minutes: what its status lists name. */
const recentBans = 1_000_000
/** A time long before anything that is read in advance. */
const before = 1_577_836_800_000
const ear = JSON.stringify({ filler: 'a'.repeat(800) })

/** `i` in texts of one length, so that they sort like numbers. */
const digits = 'cast(1000000 + i as text)'
const hex = `('00000000000000000000000000000000000000000000000000000000a' || ${digits})`

/** SQL for both dialects, of `columns` for `i` from 1 to `count`. */
function rows(table: string, columns: Readonly<Record<string, string | number>>, most = count): string {
  return `insert into ${table} (${Object.keys(columns).join(', ')})
    with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${most})
    select ${Object.values(columns).join(', ')} from numbers`
}

/** `hex` as the database keeps a digest, in bytes. */
const digest = {
  sqlite: `unhex('01' || substr(${hex}, -64))`,
  postgres: `decode('01' || right(${hex}, 64), 'hex')`,
}

/** Statements that write 100,000 rows of everything that an operator can list, and a million bans more. @param now milliseconds since 1970 */
export const statements = (now: number, store: keyof typeof digest): readonly string[] => [
  `insert into apps (id, platform, settings, created_at)
    values ('${bigApp}', 'android', '{"name":"Big","package":"${bigApp}","probes":[],"evidence_since":{}}', ${before})`,
  rows('apps', {
    id: `'com.example.b' || ${digits}`,
    platform: "'android'",
    settings: `'{"name":"App","package":"com.example.b","probes":[],"evidence_since":{}}'`,
    created_at: before,
  }),
  rows('app_signers', { app: `'com.example.b' || ${digits}`, sha256: hex }),
  rows('apis', {
    audience: `'https://api' || ${digits} || '.example'`,
    name: "'API'",
    token: "'attestation'",
    channels: `'["production"]'`,
    tiers: `'["affirming","warning"]'`,
    mode: "'bound'",
    enforcement: "'enforce'",
    token_lifetime: 300,
    origins: "'[]'",
    development: 0,
    created_at: before,
  }),
  rows('api_apps', { audience: `'https://api' || ${digits} || '.example'`, app: `'${bigApp}'` }),
  rows('api_keys', {
    id: `'key' || ${digits}`,
    name: "'pipeline'",
    scope: "'registration'",
    prefix: "'assay_abc'",
    hash: hex,
    created_at: before,
    mac: "''",
  }),
  rows('api_key_apps', { key: `'key' || ${digits}`, app: `'${bigApp}'`, mac: "''" }),
  rows('builds', {
    app: `'${bigApp}'`,
    id: `'1.0+' || ${digits}`,
    format: "'apk'",
    package: `'${bigApp}'`,
    version_name: "'1.0'",
    version_code: 'i',
    debuggable: 0,
    signers: `'["' || ${hex} || '"]'`,
    schemes: `'["v2","v3"]'`,
    framework: "'native'",
    coverage: "'image'",
    channel: "'production'",
    image_digest: hex,
    warnings: "'[]'",
    state: "'active'",
    created_at: before,
    sdk_manifest: `'{"filler":"${'a'.repeat(1000)}"}'`,
  }),
  rows('build_segments', {
    app: `'${bigApp}'`,
    build: `'1.0+' || ${digits}`,
    name: "'classes.dex'",
    kind: "'dex'",
    length: 5,
    sha256: hex,
  }),
  rows('policies', { id: `'policy' || ${digits}`, version: 1, document: "'{}'", created_at: before }),
  rows('policies', { id: "'often'", version: 'i', document: "'{}'", created_at: before }),
  rows('bans', {
    app: `'${bigApp}'`,
    kind: "'android-device'",
    vouching_key: digest[store],
    created_at: before,
  }),
  rows(
    'bans',
    {
      app: `'${bigApp}'`,
      kind: "'installation-key'",
      vouching_key: digest[store],
      created_at: `${now} - i`,
    },
    recentBans,
  ),
  `insert into app_numbers (number, app) values (1, '${bigApp}')`,
  `insert into format_sets (number, formats)
    values (1, 'android-key-attestation play-integrity'), (2, 'play-integrity')`,
  rows('installations', {
    app: 1,
    created_at: now,
    version_code: 1,
    assertion_counter: 0,
    seen_on: Math.floor(now / 86_400_000),
    formats: 'case when i % 10 = 0 then 2 else 1 end',
    thumbprint: digest[store],
    binding: digest[store],
    vouching_key_kind: "'android-device'",
    vouching_key: digest[store],
    holder_key: "'hardware'",
  }),
  rows('attestation_traces', {
    trace: `'T' || ${digits} || 'abcdefghijklmn'`,
    happened_at: `${now} - i`,
    app: `'${bigApp}'`,
    build: "'1.0+' || cast(1000000 + i % 1000 as text)",
    outcome: "'denied'",
    code: "'CODE_' || cast(i % 7 as text)",
    segments: "'[]'",
    ear: `'${ear}'`,
  }),
]

/** Lists of the HTTP interface for operators, by their contents. */
export const lists: Readonly<Record<string, string>> = {
  apps: '/v1/apps?limit=1000',
  'apps, in the middle': '/v1/apps?limit=1000&after=com.example.b1050000',
  APIs: '/v1/apis?limit=1000',
  'APIs, in the middle': '/v1/apis?limit=1000&after=https://api1050000.example',
  'API keys': '/v1/keys?limit=1000',
  policies: '/v1/policies?limit=1000',
  'policies, one of 100,000 versions': '/v1/policies?limit=1000&after=ofte',
  evidence: '/v1/evidence',
  builds: `/v1/apps/${bigApp}/builds?limit=1000`,
  'builds, in the middle': `/v1/apps/${bigApp}/builds?limit=1000&after=1.0%2B1050000`,
  bans: `/v1/apps/${bigApp}/bans?limit=1000`,
  'bans, in the middle': `/v1/apps/${bigApp}/bans?limit=1000&after=android-device:00000000000000000000000000000000000000000000000000000000a1050000`,
  'bans, in the middle of a million': `/v1/apps/${bigApp}/bans?limit=1000&after=installation-key:00000000000000000000000000000000000000000000000000000000a1500000`,
  activity: `/v1/apps/${bigApp}/activity?days=30`,
  'builds seen': `/v1/apps/${bigApp}/activity/builds?limit=1000`,
  'one trace': '/v1/attestations/T1000001abcdefghijklmn',
}

/** The status list of one of the APIs: it names the installations of the million bans. */
export const statusList = statusListPath('https://api1050000.example')
