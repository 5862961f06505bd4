import { defaultProbes } from '@assay/protocol'
import { createGooglePlay } from '@assay/testkit'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
})
afterAll(() => service.close())

const signer = 'ab'.repeat(32)

describe('apps', () => {
  it('are added, listed, shown, changed and removed', async () => {
    const id = 'com.example.app'
    const added = await service.call('POST', '/v1/apps', { body: { id, platform: 'android' } })
    expect(added.status).toBe(201)
    expect(added.json).toEqual({
      id,
      platform: 'android',
      name: id,
      package: id,
      signers: [],
      store_signers: [],
      upload_signers: [],
      teams: [],
      min_version_code: 0,
      beta_min_version_code: null,
      internal_min_version_code: null,
      probes: [...defaultProbes.android].sort(),
      evidence: {},
      optional_evidence: [],
      evidence_since: {},
      unvouched_per_day: null,
      remedies: [],
      shadow_policy: null,
      references: false,
      let_through_tiers: ['warning'],
      policy: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    const patched = await service.call('PATCH', `/v1/apps/${id}`, {
      body: { signers: [signer], min_version_code: 7, name: 'Example' },
    })
    expect(patched.json).toMatchObject({
      signers: [signer],
      min_version_code: 7,
      name: 'Example',
      package: id,
    })
    expect((await service.call('GET', `/v1/apps/${id}`)).json).toEqual(patched.json)
    expect((await service.call('GET', '/v1/apps')).json).toEqual({ apps: [patched.json] })
    expect((await service.call('DELETE', `/v1/apps/${id}`)).status).toBe(204)
    expect((await service.call('GET', '/v1/apps')).json).toEqual({ apps: [] })
  })

  it('have ids of 255 characters at most, in paths too', async () => {
    const id = `com.${'a'.repeat(251)}`
    expect((await service.call('POST', '/v1/apps', { body: { id, platform: 'web' } })).status).toBe(201)
    expect((await service.call('GET', `/v1/apps/${id}`)).status).toBe(200)
    await service.call('DELETE', `/v1/apps/${id}`)
    const problem = await service.problem('POST', '/v1/apps', { body: { id: `${id}a`, platform: 'web' } })
    expect(problem).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/id' }] })
  })

  it('are refused if they exist already or are unknown, and nothing changes', async () => {
    const body = { id: 'com.example.twice', platform: 'web', name: 'first' }
    await service.call('POST', '/v1/apps', { body })
    const problem = await service.problem('POST', '/v1/apps', { body: { ...body, name: 'second' } })
    expect(problem).toMatchObject({ code: 'app_exists', status: 409 })
    expect((await service.call('GET', '/v1/apps/com.example.twice')).json).toMatchObject({ name: 'first' })
    for (const [method, payload] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
      const unknown = await service.problem(method, '/v1/apps/com.example.unknown', { body: payload })
      expect(unknown).toMatchObject({ code: 'app_not_found', status: 404 })
    }
  })

  it.each([
    ['another platform', { platform: 'windows' }, '/platform'],
    ['an id out of form', { id: 'a b' }, '/id'],
    ['a signer that is no digest', { signers: ['AB'] }, '/signers/0'],
    ['a signer twice', { signers: [signer, signer] }, '/signers'],
    ['a negative version', { min_version_code: -1 }, '/min_version_code'],
    ['a probe that no SDK has', { probes: ['js.natives', 'js.native'] }, '/probes/1'],
    ['a probe name out of form', { probes: ['no spaces'] }, '/probes/0'],
    ['a probe twice', { probes: ['js.natives', 'js.natives'] }, '/probes'],
    ['an unknown member', { state: 'active' }, ''],
  ])('are refused with %s', async (_what, more, pointer) => {
    const body = { id: 'com.example.bad', platform: 'android', ...more }
    const problem = await service.problem('POST', '/v1/apps', { body })
    expect(problem).toMatchObject({ code: 'request_invalid', errors: [{ pointer }] })
    expect((await service.call('GET', '/v1/apps/com.example.bad')).status).toBe(404)
  })
})

describe('an identity that nothing is checked against', () => {
  it.each<[string, object, string[]]>([
    ['web', { signers: [signer] }, ['/signers']],
    ['web', { package: 'com.example.web' }, ['/package']],
    ['node', { package: 'com.example.node', signers: [signer] }, ['/package', '/signers']],
    ['ios', { signers: [signer] }, ['/signers']],
  ])('is refused to an app of platform %s: %j', async (platform, more, pointers) => {
    const body = { id: 'com.example.none', platform, ...more }
    expect(await service.problem('POST', '/v1/apps', { body })).toMatchObject({
      code: 'request_invalid',
      errors: pointers.map((pointer) => ({ pointer, code: 'other_platform' })),
    })
    expect((await service.call('GET', '/v1/apps/com.example.none')).status).toBe(404)
  })

  it('is not what the app id alone would be', async () => {
    const body = { id: 'com.example.same', platform: 'web', package: 'com.example.same' }
    expect((await service.call('POST', '/v1/apps', { body })).status).toBe(201)
  })

  it('may have no remedy that no user of the platform can carry out', async () => {
    const body = { id: 'com.example.remedy', platform: 'web', remedies: ['reload_page', 'lock_boot_loader'] }
    expect(await service.problem('POST', '/v1/apps', { body })).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/remedies/1', code: 'other_platform' }],
    })
    await service.call('POST', '/v1/apps', { body: { ...body, remedies: ['reload_page'] } })
    expect(
      await service.problem('PATCH', `/v1/apps/${body.id}`, { body: { remedies: ['update_os'] } }),
    ).toMatchObject({ errors: [{ pointer: '/remedies/0', code: 'other_platform' }] })
  })

  it('is refused on update too, where an empty list of signers counts as none', async () => {
    const target = '/v1/apps/com.example.page'
    await service.call('POST', '/v1/apps', {
      body: { id: 'com.example.page', platform: 'web', signers: [] },
    })
    expect(
      await service.problem('PATCH', target, { body: { name: 'New', signers: [signer] } }),
    ).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/signers', code: 'other_platform' }],
    })
    expect((await service.call('GET', target)).json).toMatchObject({ name: 'com.example.page', signers: [] })
    expect((await service.call('PATCH', target, { body: { signers: [] } })).status).toBe(200)
  })

  it('leaves package and signers to the platforms that have them', async () => {
    const bodies = [
      { id: 'com.example.one', platform: 'android', package: 'com.example.a', signers: [signer] },
      { id: 'com.example.two', platform: 'ios', package: 'com.example.b' },
    ]
    for (const body of bodies)
      expect((await service.call('POST', '/v1/apps', { body })).json).toMatchObject(body)
  })
})

describe('settings of evidence', () => {
  const appAttest = { app_ids: ['ABCDE12345.com.example'], environments: ['production'], system: 'ios' }
  const play = { request: 'classic', calls_per_day: 100, max_age: 300 }
  const keys = createGooglePlay().keys
  const deviceCheckKey = {
    team_id: 'ABCDE12345',
    key_id: 'KEYID67890',
    private_key: fixedKeyPair('P-256', 'devicecheck')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  }

  it('are those of the platform, and nothing is admitted unless it is set', async () => {
    const body = { id: 'com.example.phone', platform: 'ios', evidence: { apple_app_attest: appAttest } }
    expect((await service.call('POST', '/v1/apps', { body })).json).toMatchObject(body)
    expect(
      await service.problem('PATCH', '/v1/apps/com.example.phone', {
        body: { evidence: { play_integrity: play } },
      }),
    ).toMatchObject({
      code: 'evidence_settings_invalid',
      errors: [{ pointer: '/evidence/play_integrity', code: 'other_platform' }],
    })
    expect((await service.call('GET', '/v1/apps/com.example.phone')).json).toMatchObject(body)
  })

  it.each([
    ['no App ID', { apple_app_attest: { ...appAttest, app_ids: [] } }, '/evidence/apple_app_attest/app_ids'],
    [
      'no environment',
      { apple_app_attest: { ...appAttest, environments: [] } },
      '/evidence/apple_app_attest/environments',
    ],
    ['a kind that there is not', { safetynet: {} }, '/evidence'],
    [
      'a negative budget',
      { play_integrity: { ...play, calls_per_day: -1 } },
      '/evidence/play_integrity/calls_per_day',
    ],
  ])('are refused with %s', async (_what, evidence, pointer) => {
    const body = { id: 'com.example.bad', platform: 'ios', evidence }
    const problem = await service.problem('POST', '/v1/apps', { body })
    expect(problem).toMatchObject({ code: 'request_invalid', errors: [{ pointer }] })
  })

  it('keep Play Integrity keys sealed: they are put, and never read back', async () => {
    await service.call('POST', '/v1/apps', { body: { id: 'com.example.play', platform: 'android' } })
    const target = '/v1/apps/com.example.play/play-integrity-keys'
    expect((await service.call('PUT', target, { body: keys })).status).toBe(204)
    expect((await service.problem('GET', target)).code).toBe('method_not_allowed')
    const swapped = { ...keys, verification: Buffer.alloc(91, 1).toString('base64') }
    expect(await service.problem('PUT', target, { body: swapped })).toMatchObject({
      code: 'request_invalid',
      errors: [{ code: 'not_play_integrity_keys' }],
    })
    const unknown = '/v1/apps/com.example.unknown/play-integrity-keys'
    expect((await service.problem('PUT', unknown, { body: keys })).code).toBe('app_not_found')
    expect(service.log()).not.toContain(keys.decryption)
  })

  it('are described by their forms, which say what the service accepts', async () => {
    const { evidence } = (await service.call('GET', '/v1/evidence')).json as {
      evidence: {
        name: string
        form: object
        example: object
        secret: { name: string; form: object } | null
      }[]
    }
    expect(evidence.map(({ name }) => name)).toContain('play_integrity')
    for (const { form, example } of evidence) {
      const check = new Ajv2020({ strict: false }).compile(form)
      expect(check(example)).toBe(true)
      expect(check({ ...example, more: 1 })).toBe(false)
    }
    const secrets = { 'play-integrity-keys': keys, 'devicecheck-key': deviceCheckKey }
    const forms = evidence.flatMap(({ secret }) => secret ?? [])
    expect(forms.map(({ name }) => name).sort()).toEqual(Object.keys(secrets).sort())
    for (const { name, form } of forms) {
      const check = new Ajv2020({ strict: false }).compile(form)
      for (const [of, secret] of Object.entries(secrets)) expect(check(secret)).toBe(of === name)
    }
    expect((await service.problem('GET', '/v1/evidence', { key: null })).code).toBe('unauthorized')
  })

  it.each<[string, string, object, string[]]>([
    ['ios', 'apple_app_attest', appAttest, []],
    [
      'ios',
      'apple_app_attest',
      { ...appAttest, environments: ['production', 'development'] },
      ['development'],
    ],
    ['android', 'play_integrity', play, ['sealed_secret', 'certified_system']],
    ['android', 'play_integrity', { ...play, request: 'standard' }, ['vendor_account', 'certified_system']],
  ])('of %s, %s, %j are remarked about', async (platform, name, settings, remarks) => {
    const id = 'com.example.remarked'
    await service.call('POST', '/v1/apps', { body: { id, platform, evidence: { [name]: settings } } })
    const activity = await service.call('GET', `/v1/apps/${id}/activity`)
    expect(activity.json).toMatchObject({ evidence: [{ name, remarks }] })
    await service.call('DELETE', `/v1/apps/${id}`)
  })
})
