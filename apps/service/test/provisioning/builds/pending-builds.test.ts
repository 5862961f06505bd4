import { mediaTypes } from '@assay/protocol'
import type { AuditEntry, Build, CreatedApiKey } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mostPending } from '../../../src/provisioning/builds/insert-build.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, challenge, registerWebApp, scripts, webApp, webDevice } from '../../support/web-app.ts'
import { zipOf } from '../../support/zip-file.ts'

let service: ServiceUnderTest
let pipeline: string
const builds = `/v1/apps/${webApp}/builds`
const junk = { 'junk.js': Buffer.from('x'.repeat(6000)) }

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  pipeline = await newPipeline()
})
afterAll(() => service.close())

/** The newest entry of the audit log about an act on a build. */
async function lastAct(action: string, build: string): Promise<AuditEntry> {
  const { entries } = (await service.call('GET', '/v1/audit')).json as { entries: AuditEntry[] }
  const found = entries.find((each) => each.action === action && each.object === `${webApp}/${build}`)
  return (await service.call('GET', `/v1/audit/${String(found?.number)}`)).json
}

async function newPipeline(): Promise<string> {
  const body = { name: 'pipeline', scope: 'registration', apps: [webApp] }
  return ((await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey).secret
}

const add = async (
  id: string,
  files: Readonly<Record<string, Uint8Array>>,
  { key = service.adminKey, query = '' } = {},
) => {
  const headers = { 'content-type': mediaTypes.zip }
  const answer = await service.call('POST', `${builds}?id=${id}${query}`, {
    body: zipOf(files),
    headers,
    key,
  })
  return { status: answer.status, ...(answer.json as Build & { code?: string }) }
}

describe('an id that somebody has taken with a pending build', () => {
  it.each<[string, Readonly<Record<string, Uint8Array>>, string]>([
    ['with other files', junk, ''],
    ['with the same files at another place in the order', scripts, '&version_code=9'],
    ['with the same files, of which less is measured', scripts, '&coverage=scripts'],
  ])('goes to the build that somebody vouches for, %s', async (what, files, query) => {
    const id = `squatted${what.replaceAll(/[ ,]/g, '')}`
    expect(await add(id, files, { key: pipeline, query })).toMatchObject({ state: 'pending' })
    expect(await add(id, scripts, { key: pipeline, query: '&version_code=10' })).toMatchObject({
      status: 409,
      code: 'build_exists',
    })
    expect(await add(id, scripts)).toMatchObject({ status: 201, state: 'active', coverage: 'image' })
    const kept = (await service.call('GET', `${builds}/${id}`)).json as Build
    expect(kept.segments.map(({ name }) => name)).toEqual(['app.js', 'vendor/lib.js'])
    expect(await attestation(service, webDevice({ build: id }))).toHaveProperty('tokens')
    expect(await lastAct('build.add', id)).toMatchObject({
      before: { state: 'pending' },
      after: { state: 'active' },
    })
  })

  it('goes to the same files with the end that somebody gives them', async () => {
    expect(await add('endless', scripts, { key: pipeline })).toMatchObject({ state: 'pending' })
    const end = '2100-01-01T00:00:00.000Z'
    expect(await add('endless', scripts, { query: `&expires_at=${end}` })).toMatchObject({
      state: 'active',
      expires_at: end,
    })
  })

  it('stays with an active build, whoever sends another', async () => {
    await add('taken', scripts)
    expect(await add('taken', junk)).toMatchObject({ status: 409, code: 'build_exists' })
  })
})

describe('a build that is removed', () => {
  it('frees its id, if nobody has attested with it', async () => {
    await add('wrong', junk)
    const { code } = await service.problem('DELETE', `${builds}/wrong`, { key: pipeline })
    expect(code).toBe('scope_insufficient')
    expect((await service.call('DELETE', `${builds}/wrong`)).status).toBe(204)
    await expect(challenge(service, webDevice({ build: 'wrong' }))).rejects.toThrow('build_not_registered')
    expect((await service.problem('DELETE', `${builds}/wrong`)).code).toBe('build_not_found')
    expect(await add('wrong', scripts)).toMatchObject({ status: 201, state: 'active' })
    expect(await attestation(service, webDevice({ build: 'wrong' }))).toHaveProperty('tokens')
    expect(await lastAct('build.remove', 'wrong')).toMatchObject({
      before: { id: 'wrong' },
    })
  })

  it('is not one that attests', async () => {
    await add('used', scripts)
    await attestation(service, webDevice({ build: 'used' }))
    await expect
      .poll(async () => (await service.problem('DELETE', `${builds}/used`)).code)
      .toBe('build_in_use')
    expect((await service.call('GET', `${builds}/used`)).status).toBe(200)
  })
})

describe('a registration key', () => {
  it('has so many builds pending at a time, and leaves other keys theirs', async () => {
    const [leaked, other] = [await newPipeline(), await newPipeline()]
    for (let index = 0; index < mostPending; index += 1)
      expect(await add(`next-${index}`, junk, { key: leaked })).toMatchObject({ state: 'pending' })
    expect(await add('one-more', junk, { key: leaked })).toMatchObject({
      status: 409,
      code: 'builds_pending_full',
    })
    expect(await add('one-more', junk, { key: other })).toMatchObject({ state: 'pending' })
    await service.call('DELETE', `${builds}/next-0`)
    expect(await add('room', junk, { key: leaked })).toMatchObject({ state: 'pending' })
  })
})
