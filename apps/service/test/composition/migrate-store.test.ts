import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Sqlite } from '../../src/storage/database/sqlite-driver.ts'
import pg from 'pg'
import type { AttestationResponse } from '@assay/protocol'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { simulateIphone } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateStore } from '../../src/index.ts'
import {
  appId,
  assertion,
  attest,
  attestation,
  challengeOf,
  createPhoneWorld,
  answerTo,
  type PhoneWorld,
} from '../attestation/platform/phone-world.ts'
import { findPostgres, startPostgres, type PrivatePostgres } from '../storage/support/private-postgres.ts'
import { postgresWorld } from '../storage/support/postgres-world.ts'
import { temporaryFolders } from '../storage/support/sqlite-world.ts'
import { fixedBytes } from '@assay/testkit/fixed'

const bin = findPostgres()

if (bin === undefined) {
  console.log('not run: moving an installation to PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  describe('an embedded installation', () => {
    let server: PrivatePostgres
    let phones: PhoneWorld
    const makeFolder = temporaryFolders()
    const { createDatabase } = postgresWorld(() => server)
    beforeAll(async () => {
      server = await startPostgres(bin)
      phones = await createPhoneWorld()
    })
    afterAll(async () => {
      await phones.close()
      await server.stop()
    })

    /** Every file of the folder, by its digest. */
    const filesOf = (folder: string) =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !/^lock\.sqlite|-(wal|shm)$/.test(entry.name))
          .map((entry) => path.join(entry.parentPath, entry.name))
          .map((file) => [
            path.relative(folder, file),
            createHash('sha256').update(readFileSync(file)).digest('hex'),
          ]),
      )
    const isEmpty = async (connectionString: string) => {
      const client = new pg.Client({ connectionString })
      await client.connect()
      const { rows } = await client.query(
        "select 1 from pg_class where relnamespace = 'public'::regnamespace",
      )
      await client.end()
      return rows.length === 0
    }

    it('moves to PostgreSQL, with everybody who is enrolled, every key and every build', async () => {
      const { service } = phones
      const { dataFolder, sealingKey } = service.config
      const phone = simulateIphone({
        apple: phones.apple,
        appId,
        appState: { validationCategory: 4, bundleVersion: '7' },
      })
      const device = phones.iosDevice()
      expect(await attest(phones, device, [attestation(phone)])).toBe('tokens')
      const refresh = async () => {
        const body = await answerTo(await challengeOf(phones, device, { purpose: 'refresh' }), device, [
          assertion(phone),
        ])
        const { json } = await service.call('POST', '/v1/attestations', { body, key: null })
        return (json as AttestationResponse).tokens[0]?.token ?? ''
      }
      const before = await refresh()
      const apps = (await service.call('GET', '/v1/apps')).text
      const postgres = await createDatabase()

      // At work, it is not moved.
      await expect(migrateStore({ dataFolder, sealingKey, postgres })).rejects.toMatchObject({
        code: 'STORAGE_LOCKED',
      })
      expect(await isEmpty(postgres)).toBe(true)

      await service.restart(async () => {
        const broken: [string, (folder: string) => void][] = [
          ['STORAGE_DAMAGED', (folder) => truncateSync(path.join(folder, 'assay.sqlite'), 20_000)],
          ['STORAGE_DAMAGED', (folder) => alter(folder, 'pragma foreign_keys = off; delete from apps')],
          [
            'STORAGE_NEWER_SCHEMA',
            (folder) => alter(folder, "insert into schema_steps values (9999, '9999-later', '9.9.9')"),
          ],
          [
            'STORAGE_OLDER_SCHEMA',
            (folder) =>
              alter(folder, 'delete from schema_steps where number = (select max(number) from schema_steps)'),
          ],
          [
            'STORAGE_BLOB_MISSING',
            (folder) => alter(folder, `update build_segments set sha256 = '${'0'.repeat(64)}'`),
          ],
          ['STORAGE_BLOB_LENGTH', (folder) => alter(folder, 'update build_segments set length = length + 1')],
          ['STORAGE_BLOB_DIGEST', (folder) => flip(path.join(folder, 'blobs'))],
          ['STORAGE_OTHER_STORE', (folder) => writeFileSync(path.join(folder, 'store-id'), '0'.repeat(32))],
          [
            'STORAGE_SEALED_VALUE',
            (folder) => alter(folder, "update secrets set sealed = x'01' where name = 'epoch'"),
          ],
        ]
        for (const [code, breakIt] of broken) {
          const folder = makeFolder()
          cpSync(dataFolder, folder, { recursive: true })
          breakIt(folder)
          const found = filesOf(folder)
          await expect(
            migrateStore({ dataFolder: folder, sealingKey, postgres }),
            code,
          ).rejects.toMatchObject({ code })
          expect(filesOf(folder), code).toEqual(found)
          expect(await isEmpty(postgres), code).toBe(true)
        }
        const otherKey = fixedBytes('another sealing key', 32)
        await expect(migrateStore({ dataFolder, sealingKey: otherKey, postgres })).rejects.toMatchObject({
          code: 'STORAGE_SEALING_KEY',
        })
        await expect(migrateStore({ dataFolder: makeFolder(), sealingKey, postgres })).rejects.toMatchObject({
          code: 'STORAGE_UNAVAILABLE',
        })
        await expect(migrateStore({ dataFolder, sealingKey })).rejects.toMatchObject({
          code: 'SERVICE_POSTGRES',
        })

        const whole = filesOf(dataFolder)
        const taken = await createDatabase()
        const client = new pg.Client({ connectionString: taken })
        await client.connect()
        await client.query('create table theirs (id int)')
        await client.end()
        await expect(migrateStore({ dataFolder, sealingKey, postgres: taken })).rejects.toMatchObject({
          code: 'STORAGE_NOT_EMPTY',
        })
        expect(filesOf(dataFolder)).toEqual(whole)

        const moved = await migrateStore({ dataFolder, sealingKey, postgres })
        expect(moved.rows).toBeGreaterThan(20)
        expect(moved.blobs).toBeGreaterThan(3)
        expect(existsSync(path.join(dataFolder, 'assay.sqlite'))).toBe(false)
        expect(existsSync(path.join(dataFolder, 'assay.sqlite.migrated'))).toBe(true)
        // A further node: its folder has no blobs yet.
        return { postgres, dataFolder: path.join(makeFolder(), 'data') }
      })

      expect(service.config.postgres).toBe(postgres)
      // Guards go on: a token of before verifies against the keys that are published now.
      const jwks = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`))
      await expect(jwtVerify(before, jwks)).resolves.toBeDefined()
      expect((await service.call('GET', '/v1/apps')).text).toBe(apps)
      // Known, by its counter too: it refreshes, and is called as before.
      expect(decodeJwt(await refresh()).sub).toBe(decodeJwt(before).sub)
    })
  })
}

function alter(folder: string, statement: string): void {
  const database = new Sqlite(path.join(folder, 'assay.sqlite'))
  database.exec(statement)
  database.close()
}

/** One bit of one blob. */
function flip(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!/^[0-9a-f]{64}$/.test(entry.name)) continue
    const file = path.join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    bytes[0] = (bytes[0] ?? 0) ^ 1
    writeFileSync(file, bytes)
  }
}
