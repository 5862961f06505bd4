import type { Rollout } from '@assay/protocol/schemas'
import { expect, test } from 'vitest'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const estimated = { passed: 12_000, refused: 15, approximate: true as const }
const rollout: Rollout = {
  app,
  since: '2026-11-26T00:00:00.000Z',
  until: '2026-11-27T00:00:00.000Z',
  installations: { passed: 5, refused: 0, reached: 5 },
  build: {
    ...{ build: '2', version_name: null, version_code: 2, ...estimated, reached: 12_010 },
    reasons: [{ code: 'X', installations: 15 }],
  },
  previous: null,
  os_versions: [{ os_version: 'Android 16', passed: 7, refused: 3, before: estimated }],
  tiers: [],
  safe_to_enforce: {
    is_safe: false,
    doubts: [{ kind: 'uncounted', installations: 4, of: 'build' }],
    refused_share: { low: 0.001, high: 0.002 },
    rule: { least_reached: 400, most_refused: 0.01, least_of_os_version: 10, most_of_os_version: 0.05 },
  },
  standard_error: 0.033,
}

test('rollout marks each number that is an estimate, and says what was not counted by itself', async () => {
  const fake = await fakeService(() => ({ status: 200, body: rollout }))
  const env = { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url }
  const done = await cli(['rollout', app], env)
  await fake.close()
  expect(done.stdout).toMatch(/2 +~12010 +~12000 +~15\n/)
  expect(done.stdout).toMatch(/all builds +5 +5 +0\n/)
  expect(done.stdout).toMatch(/Android 16 +7 +3 +~15\n/)
  expect(done.stdout).toContain('4 are counted without their build')
})
