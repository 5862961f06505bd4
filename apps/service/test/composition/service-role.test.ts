import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upgrade } from '../../src/index.ts'
import { openDatabase } from '../../src/storage/index.ts'
import { schemaSteps } from '../../src/storage/migrations/registry.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { packingWords } from '../../src/composition/packing-words.ts'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { attestation, audience, registerWebApp, webApp, webDevice } from '../support/web-app.ts'

const bin = findPostgres()
const all = schemaSteps.map(({ name }) => name)

if (bin === undefined) {
  console.log('not run: roles of PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivatePostgres
  let folder: string
  let made = 0

  const urlOf = (database: string, role: string) =>
    server.connectionString(database).replace('//assay@', `//${role}@`)
  const run = async (url: string, statement: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(statement)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }
  const superuser = (database = 'postgres') => urlOf(database, 'assay')

  beforeAll(async () => {
    server = await startPostgres(bin)
    folder = await mkdtemp(path.join(os.tmpdir(), 'assay-role-test-'))
    for (const role of ['shop_owner', 'shop_service', 'shop_deputy'])
      await run(superuser(), `create role ${role} login`)
    await run(superuser(), 'grant shop_owner to shop_deputy')
  })
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** As the guide does it. */
  const createDatabase = async () => {
    const name = `role_${++made}`
    await run(superuser(), `create database ${name} owner shop_owner`)
    return { owner: urlOf(name, 'shop_owner'), service: urlOf(name, 'shop_service') }
  }
  const upgradeAs = (postgres: string, grantTo?: string) =>
    upgrade({ dataFolder: path.join(folder, 'none'), postgres, grantTo })

  describe('the role of the service, as the guide makes it', () => {
    let urls: { owner: string; service: string }
    let service: ServiceUnderTest
    beforeAll(async () => {
      urls = await createDatabase()
      expect((await upgradeAs(urls.owner, 'shop_service')).steps).toEqual(all)
      service = await runService({ postgres: urls.service })
      await registerWebApp(service)
    })
    afterAll(() => service.close())

    it('is enough to administer, to attest, to forget and to start again', async () => {
      const { installation } = (await attestation(service, webDevice())).tokens[0] as never
      const body = { audience, installation }
      const made = [
        await service.call('POST', '/v1/keys', { body: { name: 'x', scope: 'read' } }),
        await service.call('POST', `/v1/apps/${webApp}/builds/1/retire`),
        await service.call('POST', '/v1/signing-keys/rotate'),
        await service.call('POST', `/v1/apps/${webApp}/bans`, { body }),
        await service.call('DELETE', `/v1/apps/${webApp}`),
      ]
      expect(made.filter(({ status }) => status >= 500)).toEqual([])
      const { clock, random, dataFolder } = {
        clock: Date.now,
        random: () => Buffer.alloc(32),
        ...service.config,
      }
      await service.restart(async () => {
        const storage = await openStorage({
          ...{ dataFolder, sealingKey: service.config.sealingKey, postgres: urls.service, packingWords },
          ...{ clock, steady: clock, random },
        })
        const { signal } = new AbortController()
        await storage.installations.prune(clock(), clock(), signal)
        await storage.traces.prune(new Date(clock()), 0, signal)
        await storage.bans.prune(clock())
        await storage.allowEntries.prune(clock())
        await storage.sessions.prune(clock(), clock())
        await storage.nodes.forget()
        storage.blobs.close()
        await storage.database.close()
        return {}
      })
      expect((await service.call('GET', '/v1/audit/verify')).json).toMatchObject({ ok: true })
      expect((await service.call('GET', '/readyz', { key: null })).status).toBe(200)
    })

    it('owns nothing', async () => {
      const [row] = await run(
        urls.service,
        `select (select count(*) from pg_class where relowner = 'shop_service'::regrole)
          + (select count(*) from pg_proc where proowner = 'shop_service'::regrole)
          + (select count(*) from pg_namespace where nspowner = 'shop_service'::regrole) as owned`,
      )
      expect(row?.['owned']).toBe('0')
    })

    it.each([
      "update audit_entries set key_name = 'nobody'",
      'update audit_entries set number = number + 1 where false',
      'delete from audit_entries',
      'truncate audit_entries',
      'drop table audit_entries',
      'alter table audit_entries rename to audit_entries_2',
      'alter table api_keys disable trigger all',
      "create or replace function note_change() returns trigger language plpgsql as 'begin return null; end'",
      'create table mine (id int)',
      'create rule r as on insert to audit_entries do instead nothing',
      'create trigger t before insert on audit_entries for each row execute function note_change()',
      'update schema_steps set number = 9',
      'set role shop_owner',
    ])('may not: %s', async (statement) => {
      await expect(run(urls.service, statement)).rejects.toMatchObject({ code: '42501' })
    })

    it('may add and read entries', async () => {
      expect(
        await run(
          urls.service,
          `select has_table_privilege('audit_entries', 'insert') as i, has_table_privilege('audit_entries', 'select') as s`,
        ),
      ).toEqual([{ i: true, s: true }])
    })

    it('loses what it had besides, when it is granted again', async () => {
      await run(urls.owner, 'grant all on audit_entries, schema_steps to shop_service')
      await service.restart(async () => {
        expect((await upgradeAs(urls.owner, 'shop_service')).steps).toEqual([])
        return {}
      })
      await expect(run(urls.service, 'delete from audit_entries')).rejects.toMatchObject({ code: '42501' })
      await expect(run(urls.service, 'delete from schema_steps')).rejects.toMatchObject({ code: '42501' })
    })
  })

  describe('a role that may not change the schema', () => {
    it('ends with a code if there is something to change, and has changed nothing', async () => {
      const { service, owner } = await createDatabase()
      const open = () => openDatabase({ kind: 'postgres', connectionString: service })
      await expect(open()).rejects.toMatchObject({ code: 'STORAGE_RIGHTS' })
      expect(await run(owner, "select 1 from pg_class where relname = 'schema_steps'")).toEqual([])
      await upgradeAs(owner, 'shop_service')
      await run(owner, 'delete from schema_steps')
      await expect(open()).rejects.toMatchObject({ code: 'STORAGE_RIGHTS' })
    })

    it('ends with the same code without rights on the tables', async () => {
      const { service, owner } = await createDatabase()
      await upgradeAs(owner)
      await expect(openDatabase({ kind: 'postgres', connectionString: service })).rejects.toMatchObject({
        code: 'STORAGE_RIGHTS',
      })
    })
  })

  it('a role that may change the schema brings it up to date as it starts', async () => {
    const { owner } = await createDatabase()
    const database = await openDatabase({ kind: 'postgres', connectionString: owner })
    expect(database.newSteps).toEqual(all)
    await database.close()
  })

  it.each([
    ['nobody', 'there is no database role'],
    ['shop_owner', 'may act as the owner'],
    ['shop_deputy', 'may act as the owner'],
    ['assay', 'may act as the owner'],
    ['x"; drop table audit_entries; --', 'there is no database role'],
  ])('rights are not granted to %s', async (role, reason) => {
    const { owner } = await createDatabase()
    await expect(upgradeAs(owner, role)).rejects.toMatchObject({
      code: 'STORAGE_ROLE',
      message: expect.stringContaining(reason) as string,
    })
  })
}
