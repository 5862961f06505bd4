import { mostBootKeySets } from '@assay/protocol'
import type { BootKeysChange, BootKeySet, CreatedApiKey } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { bootKeysOf, inputOf } from '../../support/boot-keys.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const [one, two, three] = ['01'.repeat(32), '02'.repeat(32), '03'.repeat(32)]
const path = '/v1/boot-keys/graphene'
const put = (body: unknown, at = path) => service.call('PUT', at, { body })
const refusal = async (body: unknown, at = path) => {
  const { code, status, errors } = await service.problem('PUT', at, { body })
  return { code, status, ...(errors && { errors }) }
}
const current = async () => (await service.call('GET', path)).json as BootKeySet
const systems = async () =>
  ((await service.call('GET', '/v1/boot-keys')).json as { sets: BootKeySet[] }).sets.map(
    ({ system }) => system,
  )

describe('boot keys', () => {
  it('are given as a published list, and the answer says what is new', async () => {
    expect((await service.problem('GET', path)).code).toBe('boot_keys_not_found')
    const given = await put(bootKeysOf([two, one.toUpperCase()]))
    expect(given.status).toBe(200)
    const change: BootKeysChange = given.json
    expect(change).toMatchObject({ system: 'graphene', keys: [one, two], added: [one, two], removed: [] })
    const { added: _, removed: __, dry_run: ___, ...set } = change
    expect(await current()).toEqual(set)
    const next = await put(bootKeysOf([two, three], { publishedAt: '2026-05-01T00:00:00Z' }))
    expect(next.json).toMatchObject({ keys: [two, three], added: [three], removed: [one], dry_run: false })
    expect(await systems()).toEqual(['graphene'])
  })

  it('are recorded in the audit log with the sets before and after', async () => {
    const [entry] = await auditEntries(service, 'action=boot-keys.put')
    expect(entry).toMatchObject({
      object: 'graphene',
      key_name: 'first admin key',
      before: { keys: [one, two] },
      after: { keys: [two, three], source: 'https://example.org/attestation.json' },
    })
  })

  it('are not changed by a trial, which says what would change', async () => {
    const before = await current()
    const entries = (await auditEntries(service, '')).length
    const trial = bootKeysOf([one], { publishedAt: '2026-06-01T00:00:00Z', dry_run: true })
    expect((await put(trial)).json).toMatchObject({ added: [one], removed: [two, three], dry_run: true })
    expect(await current()).toEqual(before)
    expect(await auditEntries(service, '')).toHaveLength(entries)
    const older = { ...trial, ...bootKeysOf([one]), dry_run: true }
    expect(await refusal(older)).toMatchObject({ code: 'boot_keys_older' })
  })

  it('of an earlier list take no place, unless that is meant', async () => {
    const older = bootKeysOf([one], { publishedAt: '2026-04-30T23:59:59Z' })
    expect(await refusal(older)).toEqual({ code: 'boot_keys_older', status: 409 })
    expect((await current()).keys).toEqual([two, three])
    expect((await put({ ...older, older: true })).json).toMatchObject({ added: [one], removed: [two, three] })
  })

  it.each<[string, unknown, string, string?]>([
    ['another digest', bootKeysOf([two], { sha256: three }), 'boot_keys_digest_mismatch'],
    [
      'the digest of what stands in the file',
      inputOf('{}', { sha256: bootKeysOf([two]).sha256 }),
      'boot_keys_digest_mismatch',
    ],
    ['an empty file', inputOf(''), 'boot_keys_invalid', ''],
    ['deep JSON', inputOf('['.repeat(49_000)), 'boot_keys_invalid', ''],
    ['a NUL', inputOf('{"verifiedBootKeys":["\0"]}'), 'boot_keys_invalid', ''],
    [
      'another key than a digest',
      bootKeysOf(['../../etc/passwd']),
      'boot_keys_invalid',
      '/verifiedBootKeys/0',
    ],
    [
      'a list of next year',
      bootKeysOf([two], { publishedAt: '2099-01-01T00:00:00Z' }),
      'boot_keys_invalid',
      '/timestamp',
    ],
    ['no base64', { ...bootKeysOf([two]), file: '%%%' }, 'request_invalid', '/file'],
    [
      'a source that is no https',
      bootKeysOf([two], { source: 'http://example.org' }),
      'request_invalid',
      '/source',
    ],
    ['a member that there is not', { ...bootKeysOf([two]), roots: [] }, 'request_invalid', ''],
    ['64 KiB and a byte', inputOf(Buffer.alloc(64 * 1024 + 1, ' ')), 'boot_keys_invalid', ''],
    ['64 KiB and three bytes', inputOf(Buffer.alloc(64 * 1024 + 3, ' ')), 'request_invalid', '/file'],
    ['10 MB', inputOf(Buffer.alloc(10_000_000)), 'body_too_large'],
  ])('are not changed by a file with %s', async (_what, body, code, pointer) => {
    const before = await current()
    const entries = (await auditEntries(service, '')).length
    const refused = await refusal(body)
    expect(refused.code).toBe(code)
    if (pointer !== undefined) expect(refused.errors?.map((each) => each.pointer)).toEqual([pointer])
    expect(await current()).toEqual(before)
    expect(await auditEntries(service, '')).toHaveLength(entries)
  })

  it.each(['A', 'a/b', '..', 'a'.repeat(65), '%00', 'x y'])('have no system named %s', async (name) => {
    const at = `/v1/boot-keys/${encodeURIComponent(name)}`
    expect(['request_invalid', 'not_found']).toContain((await refusal(bootKeysOf([two]), at)).code)
  })

  it('are of few systems, and go one by one', async () => {
    const names = Array.from({ length: mostBootKeySets - 1 }, (_, i) => `system-${i}`)
    for (const name of names) await put(bootKeysOf([two]), `/v1/boot-keys/${name}`)
    expect(await refusal(bootKeysOf([two]), '/v1/boot-keys/one-more')).toEqual({
      code: 'boot_keys_full',
      status: 409,
    })
    for (const name of names) expect((await service.call('DELETE', `/v1/boot-keys/${name}`)).status).toBe(204)
    expect((await service.problem('DELETE', '/v1/boot-keys/system-0')).code).toBe('boot_keys_not_found')
    expect(await systems()).toEqual(['graphene'])
    const [entry] = await auditEntries(service, 'action=boot-keys.remove')
    expect(entry).toMatchObject({ object: names.at(-1), before: { keys: [two] }, after: null })
  })

  it.each(['read', 'support', 'policy', 'registration'])(
    'are changed by no key of scope %s, and the attempt is recorded',
    async (scope) => {
      const before = await current()
      const body = {
        name: scope,
        scope,
        ...(scope === 'read' || scope === 'policy' ? {} : { apps: [webApp] }),
      }
      const { secret, id } = (await service.call('POST', '/v1/keys', { body })).json as CreatedApiKey
      const all = bootKeysOf([three], { publishedAt: '2026-07-01T00:00:00Z' })
      for (const [method, sent] of [
        ['PUT', all],
        ['DELETE', undefined],
      ] as const)
        expect((await service.problem(method, path, { key: secret, body: sent })).code).toBe(
          'scope_insufficient',
        )
      expect(await current()).toEqual(before)
      const mayRead = scope === 'read' || scope === 'policy'
      expect((await service.call('GET', '/v1/boot-keys', { key: secret })).status).toBe(mayRead ? 200 : 403)
      const attempts = await auditEntries(service, 'action=act.refused')
      expect(attempts.some(({ key, object }) => key === id && object === 'PUT /v1/boot-keys/:system')).toBe(
        true,
      )
    },
  )

  it('are changed by nobody without a key', async () => {
    const { code } = await service.problem('PUT', path, { body: bootKeysOf([two]), key: null })
    expect(code).toBe('unauthorized')
  })

  it('outlive a restart', async () => {
    const before = await current()
    await service.restart()
    expect(await current()).toEqual(before)
  })
})
