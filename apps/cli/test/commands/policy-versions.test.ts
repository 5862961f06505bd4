import { afterEach, describe, expect, test } from 'vitest'
import { cli, fakeService } from '../fake-service.ts'

let close: (() => Promise<unknown>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(answers: Record<string, unknown>, ...args: string[]) {
  const fake = await fakeService(({ url = '' }) => ({ status: 200, body: answers[url.split('?')[0] ?? ''] }))
  close = fake.close
  const done = await cli(args, { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  return { ...done, seen: fake.seen }
}

const rule = (when: string) => ({ when, tier: 'warning' })
const changes = {
  ...{ id: 'ours', from: 3, to: 5, reordered: false },
  required: { removed: [], added: [] },
  rules: { removed: [rule('a')], added: [rule('b\u001b[31m')] },
}

describe('versions of a policy', () => {
  test('are listed', async () => {
    const versions = [{ id: 'ours', version: 1, created_at: '2026-11-25T00:00:00Z' }]
    const done = await assay({ '/v1/policies/ours/versions': { versions } }, 'policy', 'versions', 'ours')
    expect(done.stdout).toContain('1        2026-11-25T00:00:00Z')
  })

  test('are compared, and their text is no control of the terminal', async () => {
    const done = await assay({ '/v1/policies/ours/compare': changes }, 'policy', 'compare', 'ours', '3', '5')
    expect(done.seen[0]?.url).toBe('/v1/policies/ours/compare?from=3&to=5')
    expect(done.stdout).toContain('- {"when":"a","tier":"warning"}')
    expect(done.stdout).toContain('+ {"when":"b')
    expect(done.stdout).not.toContain('\u001b')
    const same = { ...changes, rules: { removed: [], added: [] } }
    const equal = await assay({ '/v1/policies/ours/compare': same }, 'policy', 'compare', 'ours', '3', '5')
    expect(equal.stdout).toBe('Both require the same, by the same rules.\n')
  })

  test('are rolled back once that is confirmed', async () => {
    const saved = { '/v1/policies/ours/rollback': { id: 'ours', version: 6 } }
    const args = ['policy', 'rollback', 'ours', '--to', '3']
    const done = await assay(saved, ...args, '--yes')
    expect(done.stdout).toBe('Saved ours, version 6: the text of version 3.\n')
    expect(JSON.parse(done.seen[0]?.body.toString() ?? '')).toEqual({ to: 3 })
    expect(await assay(saved, ...args)).toMatchObject({ status: 2, seen: [] })
  })
})

describe('policy test', () => {
  const report = {
    ...{ app: 'shop', audience: 'https://a', tiers: ['affirming'], policy: { id: 'ours', version: 2 } },
    installations: 41_000,
    refused: { count: 312, low: 280, high: 350 },
    newly_refused: { count: 300, low: 300, high: 300 },
    newly_admitted: { count: 0, low: 0, high: 0 },
    reasons: [{ code: 'X_OLD', build: '1.4.2', count: 290 }],
    basis: [
      { kind: 'remembered', installations: 40_000, judged: 20_000, undecided: 3 },
      { kind: 'sampled', installations: 1_000, judged: 800, undecided: 0 },
    ],
  }
  const app = (id: string, policy: string | null = null) => ({ id, policy, evidence: {} })
  const world = (...apps: object[]) => ({
    '/v1/apps': { apps },
    '/v1/apis': { apis: [] },
    '/v1/apps/shop/dry-run': report,
  })

  test('says how many installations, why, of which build, and on what that rests', async () => {
    const args = ['policy', 'test', 'ours', '--against', '7d']
    const done = await assay(world(app('shop', 'ours'), app('other')), ...args)
    const words = done.stdout.replaceAll('\u202f', ' ')
    expect(words).toContain('Of 41 000 installations of shop, about 312 (280 to 350) would have been refused')
    expect(words).toContain('Of these, 300 get tokens today')
    expect(words).toContain('X_OLD   1.4.2  290')
    expect(words).toContain('20 000 of 40 000 with remembered hardware evidence; 3 could not be judged.')
    expect(done.seen.at(-1)).toMatchObject({ method: 'POST', url: '/v1/apps/shop/dry-run' })
    const sent: unknown = JSON.parse(done.seen.at(-1)?.body.toString() ?? '')
    expect(sent).toEqual({ policy: 'ours', since: expect.stringMatching(/Z$/) as string })
  })

  test('asks which app, where more than one may be meant', async () => {
    const args = ['policy', 'test', 'ours', '--against', '7d']
    const done = await assay(world(app('shop'), app('other')), ...args)
    expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('CLI_USAGE') })
    expect((await assay(world(app('shop')), ...args)).status).toBe(0)
  })
})

test('stats show what a shadow policy would have refused, where there is one', async () => {
  const group = { app: 'shop', passed: 9, refused: 0, malfunctions: 0, reported: 0 }
  const stats = {
    since: '',
    until: '',
    truncated: false,
    latency: { p50_ms: null, p90_ms: null, p99_ms: null },
  }
  const shadow = { judged: 9, refused: 2, passed: 0, failed: 1 }
  const groups = [
    { ...group, shadow },
    { ...group, app: 'other' },
  ]
  const done = await assay({ '/v1/stats': { ...stats, groups } }, 'stats')
  expect(done.stdout).toMatch(/SHADOW +WOULD REFUSE +WOULD PASS +FAILED/)
  expect(done.stdout).toMatch(/shop +9 +0 +0 +0 +9 +2 +0 +1/)
  expect(done.stdout).not.toContain('MUST ENROL')
  const enrolling = { ...group, must_enrol: 4 }
  const enrolments = await assay({ '/v1/stats': { ...stats, groups: [enrolling] } }, 'stats')
  expect(enrolments.stdout).toMatch(/REPORTED +MUST ENROL/)
  expect(enrolments.stdout).toMatch(/shop +9 +0 +0 +0 +4/)
  const without = await assay({ '/v1/stats': { ...stats, groups: [group] } }, 'stats')
  expect(without.stdout).not.toContain('SHADOW')
  expect(without.stdout).not.toMatch(/UNPROVEN|UNSERVED/)
  const beyond = { ...group, unproven: 7, unserved: 31 }
  const apart = await assay({ '/v1/stats': { ...stats, groups: [beyond] } }, 'stats')
  expect(apart.stdout).toMatch(/REPORTED +UNPROVEN +UNSERVED/)
  expect(apart.stdout).toMatch(/shop +9 +0 +0 +0 +7 +31/)
})
