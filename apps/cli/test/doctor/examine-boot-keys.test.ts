import type { BootKeySet } from '@assay/protocol/schemas'
import { expect, test } from 'vitest'
import { examineBootKeys, type BootKeyRegistration } from '../../src/doctor/examine-boot-keys.ts'

const now = Date.parse('2026-11-30T00:00:00Z')
const app = 'com.example.app'
const audience = 'https://api.example.com'
const policies = [
  { id: 'balanced', document: { rules: [{ when: 'true' }] } },
  {
    id: 'no-google',
    document: { rules: [{ when: '!(evidence.android_key_attestation.verifiedBootKey in bootKeys)' }] },
  },
  { id: 'broken', document: null },
]
const setOf = (system: string, daysOld: number): BootKeySet => ({
  system,
  source: 'https://example.org/attestation.json',
  sha256: '00',
  published_at: new Date(now - daysOld * 86_400_000).toISOString(),
  given_at: '2026-11-01T00:00:00.000Z',
  keys: ['5e'.repeat(32)],
})
/** An app under a policy. */
const under = (policy: string | null, ...certification: string[]) => ({ id: app, policy, certification })
const codesOf = (more: Partial<BootKeyRegistration>) => {
  const found = examineBootKeys(
    {
      apps: [under('no-google')],
      apis: [{ audience, apps: [app], policy: null }],
      policies,
      sets: [setOf('graphene', 1)],
      ...more,
    },
    now,
  )
  for (const { meaning, action } of found) expect(meaning + action).not.toMatch(/[{}]/)
  return found.map(({ code, about }) => [code, about['policy'] ?? about['system']])
}

test.each<[string, Partial<BootKeyRegistration>, (string | undefined)[][]]>([
  ['nothing where there is a list of this year', {}, []],
  ['that there is no list', { sets: [] }, [['DOCTOR_BOOT_KEYS_MISSING', 'no-google']]],
  ['no missing list where no policy asks for one', { sets: [], apps: [under('balanced')] }, []],
  ['no missing list where the policy is the default', { sets: [], apps: [under(null)] }, []],
  ['no missing list where no API lists the app', { sets: [], apis: [] }, []],
  [
    'a missing list once, also where two APIs have the policy',
    {
      sets: [],
      apps: [under('broken')],
      apis: [1, 2].map((i) => ({ audience: `${audience}/${i}`, apps: [app], policy: 'no-google' })),
    },
    [['DOCTOR_BOOT_KEYS_MISSING', 'no-google']],
  ],
  ['nothing of a list of 180 days', { sets: [setOf('graphene', 180)] }, []],
  [
    'a list that is older',
    { sets: [setOf('calyx', 2), setOf('graphene', 181)] },
    [['DOCTOR_BOOT_KEYS_OLD', 'graphene']],
  ],
  [
    'no old list where no policy asks for one',
    { sets: [setOf('graphene', 181)], apps: [under('balanced')] },
    [],
  ],
  [
    'that an app requires what such a phone cannot give',
    { apps: [under('no-google', 'some_kind')] },
    [['DOCTOR_CERTIFICATION_REQUIRED', 'no-google']],
  ],
  ['nothing of what is required under another policy', { apps: [under('balanced', 'some_kind')] }, []],
])('the doctor reports %s', (_, more, codes) => {
  expect(codesOf(more)).toEqual(codes)
})
