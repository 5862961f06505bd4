import { mediaTypes } from '@assay/protocol'
import type { App, Build, CreatedApiKey } from '@assay/protocol/schemas'
import { appInfo, buildIpa, buildSignedIpa, createDeveloperCa, type SignedIpaContent } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

const app = 'com.example.ios'
const team = 'ABCDE12345'
const ca = createDeveloperCa(Math.floor(Date.now() / 1000))
const sign = ca.signer(team)
const content: SignedIpaContent = {
  bundleId: app,
  bundleVersion: '7',
  files: { 'main.jsbundle': Buffer.from('x'.repeat(6000)), 'assets/a.png': Buffer.from('picture') },
  teamId: team,
  sign,
}

let service: ServiceUnderTest
let pipeline: string
beforeAll(async () => {
  service = await runService({ vendors: { test: { apple: [ca.root] } } })
  await service.call('POST', '/v1/apps', { body: { id: app, platform: 'ios', teams: [team] } })
  const key = { name: 'pipeline', scope: 'registration', apps: [app] }
  const created: CreatedApiKey = (await service.call('POST', '/v1/keys', { body: key })).json
  pipeline = created.secret
})
afterAll(() => service.close())

const add = async (id: string, more: Partial<SignedIpaContent>, { query = '', key = pipeline } = {}) =>
  service.call('POST', `/v1/apps/${app}/builds?id=${id}${query}`, {
    body: await buildSignedIpa({ ...content, ...more }),
    headers: { 'content-type': mediaTypes.ipa },
    key,
  })
const listed = async (): Promise<App> => (await service.call('GET', `/v1/apps/${app}`)).json

describe('an IPA that a registration key brings', () => {
  it('is active where a team of the app has signed all of it, with whichever certificate', async () => {
    const first = await add('1', {})
    expect(first).toMatchObject({ status: 201, json: { state: 'active' } })
    expect((first.json as Build).warnings).not.toContain('signing_certificate_new')
    const renewed = await add('2', { sign: ca.signer(team) })
    expect(renewed).toMatchObject({ status: 201, json: { state: 'active' } })
    expect((renewed.json as Build).warnings).toContain('signing_certificate_new')
  })

  it.each<[string, string, Record<string, Buffer>]>([
    ['another script', 'IPA_FILE_CHANGED', { 'main.jsbundle': Buffer.from('other()') }],
    ['a script more', 'IPA_FILE_NOT_SEALED', { 'more.jsbundle': Buffer.from('other()') }],
    ['another list of files', 'IPA_RESOURCES_CHANGED', { '_CodeSignature/CodeResources': Buffer.from('') }],
    ['another Info.plist', 'IPA_INFO_CHANGED', { 'Info.plist': appInfo({ ...content, bundleVersion: '8' }) }],
  ])('is refused with %s', async (_what, reason, after) => {
    expect(await add('changed', { after })).toMatchObject({ status: 422, json: { reason } })
  })

  it('is pending where the signature does not say all that is registered', async () => {
    const elsewhere = await add('moved', {}, { query: '&version_code=9' })
    expect(elsewhere).toMatchObject({ status: 201, json: { state: 'pending' } })
    const expired = await add('expired', { sign: ca.signer(team, 'leaf-expired') })
    expect(expired).toMatchObject({ status: 201, json: { state: 'pending' } })
    const unsigned = await service.call('POST', `/v1/apps/${app}/builds?id=unsigned`, {
      body: await buildIpa(content),
      headers: { 'content-type': mediaTypes.ipa },
      key: pipeline,
    })
    expect(unsigned).toMatchObject({ status: 201, json: { state: 'pending' } })
  })

  it('is refused where another team has signed it, until an admin names that team', async () => {
    const other = { teamId: 'OTHER12345', sign: ca.signer('OTHER12345') }
    expect(await add('other', other)).toMatchObject({ status: 403, json: { code: 'team_not_registered' } })
    const named = { query: '&new_team=true' }
    expect(await add('other', other, named)).toMatchObject({
      status: 403,
      json: { code: 'scope_insufficient' },
    })
    const byAdmin = { key: service.adminKey }
    expect(await add('other', other, byAdmin)).toMatchObject({ status: 409, json: { code: 'team_new' } })
    const added = await add('other', other, { ...byAdmin, ...named })
    expect(added).toMatchObject({ status: 201, json: { state: 'active' } })
    expect((added.json as Build).warnings).toContain('new_team_recorded')
    expect((await listed()).teams).toEqual([team, 'OTHER12345'])
    expect(await add('other-2', other)).toMatchObject({ status: 201, json: { state: 'active' } })
    await service.call('PATCH', `/v1/apps/${app}`, { body: { teams: [team] } })
    expect(await add('other-3', other)).toMatchObject({ status: 403, json: { code: 'team_not_registered' } })
  })
})
