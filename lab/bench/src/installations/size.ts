import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { paths } from '@assay/protocol'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import { alone, notRun, type BenchRow } from '../row/row.ts'
import { appId, registerApps } from '../worst-case/register-apps.ts'
import { startWatchedService } from '../worst-case/watched-process.ts'
import { postgresStore, sqliteStore, type Store } from './store.ts'

/** Number of iPhones, and of Android phones. */
const count = 2_000
const together = 8
const limit = 1_300
const remembered = ['installations', 'installation_names', 'enrolments']

/** Bytes of all installations. */
interface Sizes {
  /** Rows, names and counted enrolments, with all indexes. */
  readonly rows: number
  /** Claims, with the overhead of their storage. */
  readonly claims: number
  readonly receipts: number
}

/** Measures the sizes in both stores. */
export async function storageRows(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-storage-'))
  try {
    return await installationSizeRows(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * `storage.installation`: bytes of one remembered installation with its indexes, but without its receipt and latest claims, on
 * the store that takes more. Phones enrol with the service. Every phone is different.
 */
async function installationSizeRows(folder: string): Promise<BenchRow[]> {
  const sqlite = await onSqlite(path.join(folder, 'sqlite'))
  const server = await startPostgres()
  if (server === undefined) return notRun('storage.installation', 'PostgreSQL is not installed')
  try {
    const postgres = await onPostgres(path.join(folder, 'postgres'), server)
    const each = (bytes: number) => Math.round(bytes / count)
    return [
      {
        id: 'storage.installation',
        value: each(Math.max(sqlite.rows, postgres.rows)),
        unit: 'bytes',
        ...alone,
        facts: {
          limit,
          ...{ sqlite: each(sqlite.rows), sqliteWithClaims: each(sqlite.rows + sqlite.claims) },
          ...{ postgres: each(postgres.rows), postgresWithClaims: each(postgres.rows + postgres.claims) },
          receipts: each(sqlite.receipts),
          installations: count,
        },
      },
    ]
  } finally {
    await server.stop()
  }
}

async function onSqlite(folder: string): Promise<Sizes> {
  await enrolMany(folder)
  const store = sqliteStore(folder)
  store.execute([copyOfClaims, toAsk])
  return sizesOf(
    store,
    (tables) => `select sum(pgsize) from dbstat where name in
      (select name from sqlite_schema where tbl_name in (${quoted(tables)}))`,
  )
}

async function onPostgres(folder: string, server: PrivatePostgres): Promise<Sizes> {
  await enrolMany(folder, server.connectionString)
  const store = postgresStore(server)
  store.execute([copyOfClaims, toAsk, 'alter table claims add primary key (installation)', 'vacuum analyze'])
  // The free space maps are left out: they are as large for few rows as for many.
  return sizesOf(
    store,
    (tables) => `select sum(pg_relation_size(c.oid, 'main')) from pg_class c
      where c.relname in (${quoted(tables)}) or c.oid in
        (select i.indexrelid from pg_index i join pg_class t on t.oid = i.indrelid where t.relname in (${quoted(tables)}))`,
  )
}

async function sizesOf(store: Store, sizeOf: (tables: readonly string[]) => string): Promise<Sizes> {
  return {
    rows: await store.numberOf(sizeOf(remembered)),
    claims: await store.numberOf(sizeOf(['claims'])),
    receipts: await store.numberOf('select sum(length(receipt)) from installation_evidence'),
  }
}

/** The stored claims without the receipts, which are stored separately. */
const copyOfClaims = 'create table claims as select installation, evidence, ask_at from installation_evidence'
const toAsk = 'create index claims_to_ask on claims (ask_at) where ask_at is not null'

function quoted(tables: readonly string[]): string {
  return tables.map((table) => `'${table}'`).join(', ')
}

async function enrolMany(folder: string, postgres?: string): Promise<void> {
  const vendors = await startPhoneVendors()
  const { post, close } = createConnections(together)
  const vendorFile = `${folder}-vendors.json`
  await vendors.write(vendorFile)
  const service = await startWatchedService(folder, { vendorFile, ...(postgres && { postgres }) })
  try {
    const { android, ios } = await registerApps(service, vendors)
    const app = { package: android.app, versionCode: android.versionCode, signers: [android.signer] }
    const phones = vendors.phones(app, appId)
    const enrol = async (i: number) => {
      const phone = i % 2 === 0 ? phones.iphone() : phones.pixel()
      const attester = i % 2 === 0 ? ios : android
      const body = await attester.answer({ items: (binding) => [phone.attest(binding)] })
      await post(service.url + paths.attestations, body)
    }
    for (let i = 0; i < count; i += together)
      await Promise.all(Array.from({ length: together }, (_, n) => enrol(i + n)))
  } finally {
    await service.stop()
    close()
    await vendors.close()
  }
}
