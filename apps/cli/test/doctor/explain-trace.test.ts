import { describe, expect, it } from 'vitest'
import type { AttestationTrace, ShownTrace } from '@assay/protocol/schemas'
import { explainTrace, scopeInWords } from '../../src/doctor/explain-trace.ts'
import type { RecentCounts } from '../../src/doctor/recent.ts'

const now = Date.parse('2026-12-01T12:34:56Z')
const trace: AttestationTrace = {
  trace: 'JnGmJ1zKQxq0V7yq3c2hVA',
  at: new Date(now).toISOString(),
  app: 'com.example.app',
  build: '1',
  outcome: 'denied',
  code: 'TIER_NOT_ADMITTED',
  segments: [],
  ear: null,
  key: null,
  device: null,
  refused: [],
}
const none: RecentCounts = { passed: 0, refused: 0, alike: 0 }

/** The build last passed an hour ago, within the 7 days for which activity counts. */
function scopeOf(
  counts: Partial<RecentCounts>,
  before: RecentCounts = none,
  of: Partial<AttestationTrace> = {},
) {
  const shown: ShownTrace = {
    ...{ ...trace, ...of },
    names: [],
    recent: { now: { ...none, ...counts }, before },
    registered_build: {
      ...{ state: 'active', version_code: 1, version_name: null },
      created_at: new Date(now - 7 * 86_400_000).toISOString(),
      last_seen_at: new Date(now - 3_600_000).toISOString(),
    },
    apis: [],
    may_read_all: true,
  }
  const record = { trace: shown, app: undefined, build: undefined, builds: [], activity: undefined }
  const plain = { meaning: 'It differs.', action: 'Check the file.', section: '' }
  const explained = explainTrace(record, () => plain)
  return { ...explained, words: scopeInWords(explained, 'an hour ago') }
}

const calm = { passed: 990, refused: 10, alike: 10 }

it.each<[string, RecentCounts, RecentCounts, string]>([
  ['everything broke since it last passed', { passed: 0, refused: 69, alike: 69 }, calm, 'many'],
  [
    'it has been broken for a day',
    { passed: 0, refused: 69, alike: 69 },
    { passed: 0, refused: 900, alike: 900 },
    'many',
  ],
  ['a third is refused, ten times as much as before', { passed: 20, refused: 10, alike: 10 }, calm, 'many'],
  ['others pass, as before', { passed: 99, refused: 1, alike: 1 }, calm, 'device'],
  ['others are refused for other reasons', { passed: 20, refused: 20, alike: 2 }, calm, 'device'],
  ['nobody else has attested', { passed: 0, refused: 2, alike: 2 }, calm, 'open'],
])('judges by the last minutes: %s', (_what, recent, before, scope) => {
  expect(scopeOf(recent, before).scope).toBe(scope)
})

it('says the numbers that it judges by', () => {
  expect(scopeOf({ refused: 69, alike: 69 }, calm).words).toContain(
    'of 69 attestations with this build in the last 15 minutes 69 were refused like this one; on the day before: 1%',
  )
})

describe('what a store did to the app', () => {
  const segments = (...names: string[]) => ({ code: 'SOFTWARE_SEGMENTS', segments: names })
  const library = 'unregistered:base/lib/arm64-v8a/libpairipcore.so'
  const others = { passed: 99, refused: 1, alike: 1 }

  it('is named by what it adds, and neither file nor device is blamed', () => {
    const found = scopeOf(others, calm, segments('unregistered:base/classes2.dex', library))
    expect(found.scope).toBe('store')
    expect(found.explained_by).toMatchObject([{ id: 'play-automatic-protection', certainty: 'likely' }])
    expect(found.explanation.action).toContain('Play Console')
    expect(found.explanation.action).not.toContain('Check the file.')
    expect(found.words).not.toContain('this device')
  })

  it('is named as one possibility where only dex differs', () => {
    const dex = { code: 'SOFTWARE_SEGMENT_MISMATCH', segments: ['base/classes.dex', 'base/classes2.dex'] }
    const found = scopeOf(others, calm, dex)
    expect(found.scope).toBe('device')
    expect(found.words).toContain('perhaps all devices that have the app from a store')
    expect(found.explanation.meaning).toContain('automatic protection')
    expect(found.explanation.action).toMatch(/build diff.*Check the file\./)
  })

  it.each([
    ['a library that is missing', segments(library.replace('unregistered:', 'missing:'))],
    ['another library', segments('unregistered:base/lib/arm64-v8a/libapp.so')],
    ['a folder of that name', segments('unregistered:libpairipcore.so/libapp.so')],
    ['a script beside dex', { code: 'SOFTWARE_SEGMENT_MISMATCH', segments: ['classes.dex', 'assets/a.js'] }],
    ['another refusal', { code: 'TIER_NOT_ADMITTED', segments: [library] }],
  ])('is not seen in %s', (_what, of) => {
    const found = scopeOf(others, calm, of)
    expect(found).toMatchObject({
      scope: 'device',
      explained_by: [],
      explanation: { action: 'Check the file.' },
    })
  })
})
