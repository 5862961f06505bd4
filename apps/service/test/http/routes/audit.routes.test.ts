import { createHash } from 'node:crypto'
import path from 'node:path'
import { Sqlite } from '../../../src/storage/database/sqlite-driver.ts'
import type { AuditVerification, CreatedApiKey, ListedAllowEntry } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditHash, noEntry } from '../../../src/operations/audit/ports.ts'
import { toEntry, type EntryRow } from '../../../src/storage/audit/entry-rows.ts'
import { auditEntries } from '../../support/audit-log.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'

let service: ServiceUnderTest
let policyKey: CreatedApiKey

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  const body = { name: 'policies', scope: 'policy' }
  policyKey = (await service.call('POST', '/v1/keys', { body })).json
})
afterAll(() => service.close())

const list = (query = '') => auditEntries(service, query)
const verify = async (query = '') =>
  (await service.call('GET', `/v1/audit/verify?${query}`)).json as AuditVerification

describe('the audit log', () => {
  it('says who did what, with before and after, the newest first', async () => {
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { min_version_code: 0, name: 'Shop 2' } })
    const [last] = await list()
    expect(last).toMatchObject({
      action: 'app.update',
      object: webApp,
      key_name: 'first admin key',
      after: { name: 'Shop 2' },
    })
    expect((last?.before as { name: string }).name).not.toBe('Shop 2')
    const actions = (await list()).map(({ action }) => action)
    expect(actions).toEqual(expect.arrayContaining(['key.add', 'app.add', 'api.add', 'build.add']))
    expect((await list('action=key.add')).at(-1)).toMatchObject({ key: null, key_name: 'local' })
    const numbers = (await list()).map(({ number }) => number)
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    expect(await list('limit=2&after=3')).toMatchObject([{ number: 2 }, { number: 1 }])
  })

  it('lists what was done between two times', async () => {
    const all = await list()
    const [newest] = all
    const after = encodeURIComponent(new Date(Date.parse(newest?.at ?? '') + 1).toISOString())
    expect(await list(`since=${after}`)).toEqual([])
    expect(await list(`until=${after}`)).toEqual(all)
    const at = encodeURIComponent(newest?.at ?? '')
    const [since, until] = [await list(`since=${at}`), await list(`until=${at}`)]
    expect(since.every((entry) => entry.at === newest?.at)).toBe(true)
    expect([...since, ...until]).toEqual(all)
    expect((await service.problem('GET', '/v1/audit?since=yesterday')).code).toBe('request_invalid')
  })

  it('lists no documents, and gives an entry whole by its number', async () => {
    const { json } = await service.call('GET', '/v1/audit?limit=1')
    const [listed] = (json as { entries: Record<string, unknown>[] }).entries
    expect(Object.keys(listed ?? {}).sort()).toEqual([
      'action',
      'at',
      'key',
      'key_name',
      'mac',
      'number',
      'object',
    ])
    const { json: whole } = await service.call('GET', `/v1/audit/${Number(listed?.['number'])}`)
    expect(whole).toMatchObject({ ...listed, before: expect.any(Object), after: expect.any(Object) })
    for (const none of ['999', '0', 'x', '1.5', `1${'0'.repeat(15)}`])
      expect((await service.problem('GET', `/v1/audit/${none}`)).code).toBe(
        none === '999' ? 'audit_entry_not_found' : 'request_invalid',
      )
  })

  it('contains no secret', async () => {
    const text = JSON.stringify(await list())
    expect(text).not.toContain(service.adminKey)
    expect(text).not.toContain(policyKey.secret)
    expect(text).not.toMatch(/hash":"[0-9a-f]{64}/)
  })

  it('names the key that changed a policy, and has no entry for failed requests', async () => {
    const before = (await list()).length
    expect((await service.problem('DELETE', '/v1/policies/none')).code).toBe('policy_not_found')
    expect((await service.problem('DELETE', '/v1/keys/none')).code).toBe('key_not_found')
    expect(await list()).toHaveLength(before)
    const { document } = (await service.call('GET', '/v1/policies/observe')).json as { document: object }
    const put = (name: string) =>
      service.call('PUT', '/v1/policies/ours', { body: { ...document, name }, key: policyKey.secret })
    await put('one')
    await put('two')
    expect((await list('object=ours'))[0]).toMatchObject({
      action: 'policy.put',
      key: policyKey.id,
      key_name: 'policies',
      before: { version: 1, document: { name: 'one' } },
      after: { version: 2, document: { name: 'two' } },
    })
  })

  it('has one entry for what a key may not do, and one for how often that was until the hour or the process ended', async () => {
    const body = { name: 'reader', scope: 'read' }
    const reader: CreatedApiKey = (await service.call('POST', '/v1/keys', { body })).json
    const refuse = async () => (await service.problem('POST', '/v1/keys', { body, key: reader.secret })).code
    const refused = () => list('action=act.refused')
    const codes = [await refuse(), await refuse(), await refuse()]
    expect(codes).toEqual(Array(3).fill('scope_insufficient'))
    const first = { key: reader.id, key_name: 'reader', object: 'POST /v1/keys', before: null }
    expect(await refused()).toMatchObject([{ ...first, after: { scope: 'read', times: 1 } }])
    expect(
      service
        .log()
        .split('\n')
        .filter((line) => line.includes('scope_insufficient') && line.includes(reader.id)),
    ).toHaveLength(3)
    service.advance(3_600_000)
    await refuse()
    expect((await refused()).map(({ after }) => (after as { times: number }).times)).toEqual([1, 2, 1])
    await refuse()
    await service.restart()
    expect((await refused()).map(({ after }) => (after as { times: number }).times)).toEqual([1, 1, 2, 1])
    expect(await verify()).toMatchObject({ ok: true })
  })

  it('continues after a restart, and is intact', async () => {
    const { head } = await verify()
    await service.restart()
    await service.call('POST', '/v1/keys', { body: { name: 'x', scope: 'read' } })
    expect(await verify(`head=${head.number}:${head.hash}`)).toMatchObject({
      ok: true,
      fault: null,
      head: { number: head.number + 1 },
    })
    expect(await verify(`head=${head.number}:${'A'.repeat(43)}`)).toMatchObject({
      ok: false,
      fault: { number: head.number, reason: 'head' },
    })
    expect((await verify(`head=${head.number + 9}:${head.hash}`)).fault?.reason).toBe('head')
  })
})

describe('an audit log that somebody has written to', () => {
  /** Changes the database, verifies, and changes it back. */
  const tampered = async (change: string) => {
    const open = new Sqlite(path.join(service.folder, 'data', 'assay.sqlite'))
    open.exec('create temp table kept as select * from audit_entries')
    open.exec('create temp table kept_head as select * from audit_head')
    open.exec(change)
    service.advance(3_600_000)
    const verdict = await verify()
    open.exec('delete from audit_entries; insert into audit_entries select * from kept')
    open.exec('delete from audit_head; insert into audit_head select * from kept_head')
    open.close()
    service.advance(3_600_000)
    expect(await verify()).toMatchObject({ ok: true })
    return verdict.fault
  }

  it.each([
    ["update audit_entries set key_name = 'other' where number = 2", 2, 'edited'],
    ["update audit_entries set after = '{}' where number = 3", 3, 'edited'],
    ['update audit_entries set happened_at = happened_at + 1 where number = 1', 1, 'edited'],
    ['delete from audit_entries where number = 2', 3, 'gap'],
    ['delete from audit_entries where number = 1', 2, 'gap'],
    ['update audit_entries set mac = hash where number = 2', 2, 'mac'],
    [
      "update audit_entries set before = 'no JSON', happened_at = 8700000000000000 where number = 2",
      2,
      'edited',
    ],
    [
      `insert into audit_entries select max(number) + 1, 0, null, 'x', 'x', 'x', '{}', '{}', 'x', 'x', 'x'
       from audit_entries`,
      undefined,
      'edited',
    ],
    ['delete from audit_entries; delete from audit_head', 0, 'empty'],
    ['delete from audit_entries where number = (select max(number) from audit_entries)', undefined, 'end'],
    [
      `delete from audit_entries where number = (select max(number) from audit_entries);
       update audit_head set number = number - 1,
         hash = (select hash from audit_entries order by number desc limit 1)`,
      undefined,
      'seal',
    ],
  ])('is found out: %s', async (change, number, reason) => {
    expect(await tampered(change)).toMatchObject({ reason, ...(number === undefined ? {} : { number }) })
  })
})

describe('an audit log that the writer of the database wants to be whole', () => {
  const open = () => new Sqlite(path.join(service.folder, 'data', 'assay.sqlite'))
  /** By a run over all entries. */
  const verifyAll = () => {
    service.advance(3_600_000)
    return verify()
  }
  const addKey = () => service.call('POST', '/v1/keys', { body: { name: 'x', scope: 'read' } })

  it('is not sealed by the next act: that happens, and the break is reported for ever', async () => {
    const { head } = await verify()
    const database = open()
    database.exec('create temp table kept as select * from audit_entries')
    const rows = database.prepare('select * from audit_entries order by number').all() as EntryRow[]
    let previous: string = noEntry.hash
    for (const row of rows) {
      const entry = { ...toEntry(row), key_name: 'somebody else', previous }
      const hash = auditHash(entry)
      database
        .prepare('update audit_entries set key_name = ?, previous = ?, hash = ? where number = ?')
        .run(entry.key_name, previous, hash, row.number)
      previous = hash
    }
    database.prepare('update audit_head set hash = ?').run(previous)
    expect((await addKey()).status).toBe(201)
    expect((await verifyAll()).fault).toEqual({ number: 1, reason: 'mac' })
    // Even if everything is as it was before.
    database.exec(`delete from audit_entries where number <= ${head.number}`)
    database.exec('insert into audit_entries select * from kept')
    database.close()
    const fault = { number: head.number + 1, reason: 'broken' }
    expect(await verifyAll()).toMatchObject({ ok: false, fault, head: { number: head.number + 2 } })
    expect((await list('action=audit.broken'))[0]).toMatchObject({
      ...{ number: head.number + 1, key: null, key_name: 'assay', after: { reason: 'seal' } },
      before: head,
    })
    await service.restart()
    await addKey()
    expect((await verify()).fault).toEqual(fault)
    expect(service.log()).toContain('the audit log is not as the service left it')
  })

  it('is not whole because it is gone, and its key with it', async () => {
    await service.restart(async () => {
      const database = open()
      database.exec(
        "delete from audit_entries; delete from audit_head; delete from secrets where name = 'audit'",
      )
      database.close()
      return {}
    })
    await addKey()
    expect((await verify()).fault).toEqual({ number: 1, reason: 'broken' })
    expect((await list('action=audit.broken'))[0]?.after).toEqual({ reason: 'empty' })
  })
})

describe('an API key that the writer of the database adds', () => {
  it('opens nothing, is listed as refused, and shows in the log', async () => {
    const others = await runService()
    const secret = `assay_${'A'.repeat(43)}`
    const database = new Sqlite(path.join(others.folder, 'data', 'assay.sqlite'))
    database
      .prepare(
        `insert into api_keys select 'theirs', name, scope, prefix, ?, public_key, let_through, created_at, expires_at, null, mac
         from api_keys`,
      )
      .run(createHash('sha256').update(secret).digest('hex'))
    expect((await others.problem('GET', '/v1/apps', { key: secret })).code).toBe('unauthorized')
    const { keys } = (await others.call('GET', '/v1/keys')).json as {
      keys: { id: string; refused: boolean }[]
    }
    expect(keys.find(({ id }) => id === 'theirs')?.refused).toBe(true)
    const { json } = await others.call('GET', '/v1/audit/verify')
    expect(json).toMatchObject({ ok: false, fault: { reason: 'keys' }, other_keys: ['theirs'] })
    // A row of a key that was removed has its MAC: only the log tells.
    const removed = (await others.call('POST', '/v1/keys', { body: { name: 'x', scope: 'admin' } }))
      .json as CreatedApiKey
    database.exec(`create temp table kept as select * from api_keys where id = '${removed.id}'`)
    for (const id of ['theirs', removed.id]) await others.call('DELETE', `/v1/keys/${id}`)
    others.advance(3_600_000)
    expect((await others.call('GET', '/v1/audit/verify')).json).toMatchObject({ ok: true, other_keys: [] })
    database.exec('insert into api_keys select * from kept')
    database.close()
    others.advance(3_600_000)
    expect((await others.call('GET', '/v1/audit/verify')).json).toMatchObject({ other_keys: [removed.id] })
    await others.close()
  })
})

describe('a device that the writer of the database puts on the allow list', () => {
  const app = 'com.example.web'
  const audience = 'https://api.example.com'
  const installation = 'A'.repeat(43)

  it('is let through by nobody, is listed as refused, and shows in the log', async () => {
    const others = await runService()
    const database = new Sqlite(path.join(others.folder, 'data', 'assay.sqlite'))
    const call = async (method: string, route: string, body?: object) =>
      (await others.call(method, route, body === undefined ? {} : { body })).json
    await call('POST', '/v1/apps', { id: app, platform: 'web' })
    await call('POST', '/v1/apis', { audience, apps: [app], tiers: ['affirming'] })
    const expires_at = new Date(others.now() + 86_400_000).toISOString().replace(/\.\d+/, '')
    const allow = (body: object) => call('POST', `/v1/apps/${app}/allow`, { audience, expires_at, ...body })
    const listed = async () => {
      const { entries } = (await call('GET', `/v1/apps/${app}/allow`)) as { entries: ListedAllowEntry[] }
      return entries.map((entry) => [entry.installation.slice(0, 1), entry.refused === true])
    }
    const verified = async () => {
      others.advance(3_600_000)
      const { fault, other_allowed } = (await call('GET', '/v1/audit/verify')) as AuditVerification
      return [fault?.reason, other_allowed]
    }
    const rewrite = (change: string) => database.exec(`update allow_entries set ${change}`)
    const name = `${app}/${audience}/${installation}`

    await allow({ installation })
    expect(await listed()).toEqual([['A', false]])
    expect(await verified()).toEqual([undefined, []])
    database.exec('create temp table kept as select * from allow_entries')
    // Changed: whatever it is.
    for (const change of [
      "tier = 'warning'",
      'expires_at = expires_at + 1',
      "author = 'somebody'",
      "note = 'lab'",
      "id = 'other'",
      "mac = ''",
    ]) {
      rewrite(change)
      expect(await listed(), change).toEqual([['A', true]])
      expect(await verified(), change).toEqual(['allowed', [name]])
      database.exec('delete from allow_entries; insert into allow_entries select * from kept')
      expect(await listed()).toEqual([['A', false]])
    }
    // Lifted, and written back with its MAC; also after the device was put there again.
    const remove = () =>
      call('DELETE', `/v1/apps/${app}/allow/${installation}?audience=${encodeURIComponent(audience)}`)
    await remove()
    expect(await verified()).toEqual([undefined, []])
    database.exec('insert into allow_entries select * from kept')
    expect(await listed()).toEqual([['A', true]])
    expect(await verified()).toEqual(['allowed', [name]])
    await allow({ installation })
    expect(await listed()).toEqual([['A', false]])
    expect(await verified()).toEqual([undefined, []])
    database.exec('delete from allow_entries; insert into allow_entries select * from kept')
    expect(await listed()).toEqual([['A', true]])
    // Nor does it come back with an app of the same name.
    await remove()
    await allow({ installation })
    database.exec('delete from kept; insert into kept select * from allow_entries')
    await call('DELETE', `/v1/apps/${app}`)
    await call('POST', '/v1/apps', { id: app, platform: 'web' })
    database.exec('insert into allow_entries select * from kept')
    expect(await listed()).toEqual([['A', true]])
    database.close()
    await others.close()
  })
})

it('the service writes number and MAC of each entry to its log', async () => {
  await service.call('POST', '/v1/keys', { body: { name: 'x', scope: 'read' } })
  const [last] = await list()
  const line = service
    .log()
    .split('\n')
    .find((text) => text.includes(last?.mac ?? 'none'))
  expect(JSON.parse(line ?? '')).toMatchObject({ number: last?.number, action: 'key.add' })
  expect(await verify(`head=${last?.number}:${last?.mac}`)).toMatchObject({ fault: { reason: 'broken' } })
  expect(await verify(`head=${last?.number}:${'A'.repeat(43)}`)).toMatchObject({ fault: { reason: 'head' } })
})
