import { remedyKinds, remedyPlatforms, type Platform, type RemedyKind } from '@assay/protocol'
import { appDefaults, type App } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createRemedies } from '../../src/attestation/remedies.ts'

/** What an app of the platform, whose operator gives these remedies, is told about a refusal. */
async function remedyOf(
  code: string,
  {
    platform = 'android',
    remedies = remedyKinds,
  }: { platform?: Platform; remedies?: readonly RemedyKind[] } = {},
  outward: Parameters<ReturnType<typeof createRemedies>>[0]['outward'] = 'attestation_denied',
) {
  const given = remedies.filter((kind) => remedyPlatforms[kind].includes(platform))
  const app = { ...appDefaults, id: 'app', platform, remedies: given } as unknown as App
  return await createRemedies(async (id) => (id === 'app' ? app : undefined))({ app: 'app', code, outward })
}

it.each([
  ['BOOT_LOADER_UNLOCKED', { kind: 'lock_boot_loader' }],
  ['PATCH_LEVEL_OLD', { kind: 'update_os' }],
  ['APP_NOT_LICENSED', { kind: 'play_dialog', type_code: 1 }],
  ['SCREEN_ACCESS_RISK', { kind: 'play_dialog', type_code: 2 }],
  ['SCREEN_ACCESS_ANY', { kind: 'play_dialog', type_code: 3 }],
  ['EVIDENCE_MISSING', { kind: 'update_play' }],
  ['SOFTWARE_SEGMENTS', { kind: 'install_from_store' }],
  ['RISK_NOT_ASSESSED', { kind: 'try_later' }],
  ['INSTALLATION_BANNED', { kind: 'contact_support' }],
  ['X_OF_THE_OPERATOR', { kind: 'contact_support' }],
  ['toString', { kind: 'contact_support' }],
])('%s: %j', async (code, remedy) => {
  expect(await remedyOf(code)).toEqual(remedy)
})

it('tells nothing that the operator does not give', async () => {
  expect(await remedyOf('BOOT_LOADER_UNLOCKED', { remedies: [] })).toBeUndefined()
  expect(await remedyOf('BOOT_LOADER_UNLOCKED', { remedies: ['update_os', 'try_later'] })).toBeUndefined()
  expect(await remedyOf('APP_NOT_LICENSED', { remedies: ['install_from_store'] })).toEqual({
    kind: 'install_from_store',
  })
})

it('tells what can be done on the platform', async () => {
  expect(await remedyOf('build_retired', {}, 'build_retired')).toEqual({ kind: 'update_app' })
  expect(await remedyOf('build_retired', { platform: 'web' }, 'build_retired')).toEqual({
    kind: 'reload_page',
  })
  expect(await remedyOf('build_retired', { platform: 'node' }, 'build_retired')).toEqual({
    kind: 'contact_support',
  })
})

it('tells nothing with an answer after which the SDK tries again by itself, and nothing to a development secret', async () => {
  const again = ['challenge_expired', 'enrolment_required', 'client_data_malformed'] as const
  for (const outward of [...again, 'development_refused'] as const)
    expect(await remedyOf(outward, {}, outward)).toBeUndefined()
  const away = 'temporarily_unavailable'
  expect(await remedyOf(away, {}, away)).toEqual({ kind: 'try_later' })
  expect(await remedyOf(away, { remedies: ['contact_support'] }, away)).toBeUndefined()
})

it('leaves the refusal as it is where the app is not registered, or cannot be read', async () => {
  const refused = { app: 'app', code: 'PATCH_LEVEL_OLD', outward: 'attestation_denied' } as const
  expect(await createRemedies(async () => undefined)(refused)).toBeUndefined()
  const failing = createRemedies(async () => Promise.reject(new Error('the store is away')))
  expect(await failing(refused)).toBeUndefined()
})
