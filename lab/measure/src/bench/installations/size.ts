import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { mediaTypes, paths } from '@assay/protocol'
import { startPhoneVendors, startPostgres, type PrivatePostgres } from '@assay/testkit'
import { createConnections } from '../attest/connections.ts'
import type { Effort } from '../row/effort.ts'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { appId, registerApps } from '../worst-case/register-apps.ts'
import { startWatchedService, type WatchedService } from '../worst-case/watched-process.ts'
import { madeUpReferences } from './filler.ts'
import { postgresStore, sqliteStore, type Store } from './store.ts'

/** Number of iPhones, and of Android phones. */
const allPhones = 2_000
/** References in the end, most of them made up: of a few, the first pages of each index would be the larger part. */
const allReferences = 100_000
const together = 8
const remembered = ['installations', 'installation_names', 'enrolments']
/** As the HTTP clients of the SDKs write it. */
const userAgents = {
  iphone: 'Example/1 CFNetwork/3826.500.131 Darwin/25.0.0',
  pixel: 'Dalvik/2.1.0 (Linux; U; Android 16; Pixel 9 Pro XL Build/BP2A.250605.031.A2)',
}

/** Bytes of all installations. */
interface Sizes {
  /** Rows, names and counted enrolments, with all indexes. */
  readonly rows: number
  /** Claims, with the overhead of their storage. */
  readonly claims: number
  readonly receipts: number
  /** Of one installation: what the phone says of itself. */
  readonly said: number
  /** Of one installation: what the app calls its user, with all indexes. */
  readonly reference: number
}

/**
 * `storage.installation`: bytes of one remembered installation with its indexes, but without its receipt and latest claims, on
 * the store that takes more. Phones enrol with the service. Every phone is different. `storage.installation.support`: how many
 * bytes more an installation takes because support may find it; `storage.installation.reference`: the same where the app says
 * what it calls its user.
 */
export async function storageRows(effort: Effort): Promise<BenchRow[]> {
  const server = await startPostgres()
  if (server === undefined) throw new NotRunError('PostgreSQL is not installed')
  const amount = { count: effort(allPhones, 16), many: effort(allReferences, 1_000) }
  const { count } = amount
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-storage-'))
  try {
    const sqlite = await onSqlite(path.join(folder, 'sqlite'), amount)
    const postgres = await onPostgres(path.join(folder, 'postgres'), server, amount)
    const each = (bytes: number) => Math.round(bytes / count)
    const supportRow = (
      id: 'storage.installation.support' | 'storage.installation.reference',
      of: (sizes: Sizes) => number,
    ): BenchRow => ({
      id,
      value: Math.max(of(sqlite), of(postgres)),
      unit: 'bytes',
      ...alone,
      facts: { sqlite: of(sqlite), postgres: of(postgres), installations: count },
    })
    return [
      {
        id: 'storage.installation',
        value: each(Math.max(sqlite.rows, postgres.rows)),
        unit: 'bytes',
        ...alone,
        facts: {
          ...{ sqlite: each(sqlite.rows), sqliteWithClaims: each(sqlite.rows + sqlite.claims) },
          ...{ postgres: each(postgres.rows), postgresWithClaims: each(postgres.rows + postgres.claims) },
          receipts: each(sqlite.receipts),
          installations: count,
        },
      },
      supportRow('storage.installation.support', (sizes) => Math.round(sizes.said)),
      supportRow('storage.installation.reference', (sizes) => Math.round(sizes.said + sizes.reference)),
    ]
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Amount {
  readonly count: number
  readonly many: number
}

async function onSqlite(folder: string, amount: Amount): Promise<Sizes> {
  await enrolMany(folder, amount)
  const store = sqliteStore(folder)
  store.execute([...copies, toAsk, ...referencesOf('sqlite', amount)])
  return sizesOf(
    store,
    amount,
    (tables) => `select sum(pgsize) from dbstat where name in
      (select name from sqlite_schema where tbl_name in (${quoted(tables)}))`,
  )
}

async function onPostgres(folder: string, server: PrivatePostgres, amount: Amount): Promise<Sizes> {
  await enrolMany(folder, amount, server.connectionString)
  const store = postgresStore(server)
  store.execute([
    ...copies,
    toAsk,
    'alter table claims add primary key (installation)',
    ...referencesOf('postgres', amount),
    'vacuum analyze',
  ])
  // The free space maps are left out: they are as large for few rows as for many.
  return sizesOf(
    store,
    amount,
    (tables) => `select sum(pg_relation_size(c.oid, 'main')) from pg_class c
      where c.relname in (${quoted(tables)}) or c.oid in
        (select i.indexrelid from pg_index i join pg_class t on t.oid = i.indrelid where t.relname in (${quoted(tables)}))`,
  )
}

async function sizesOf(
  store: Store,
  { count, many }: Amount,
  sizeOf: (tables: readonly string[]) => string,
): Promise<Sizes> {
  const bytesOf = (...tables: string[]) => store.numberOf(sizeOf(tables))
  const numberOf = async (what: string, least: number) => {
    const number = await store.numberOf(`select count(*) from ${what}`)
    // Else next to nothing would be measured.
    if (number < least) throw new Error(`${number} ${what}, and not ${least}`)
    return number
  }
  const [saying, called] = [
    await numberOf('installation_evidence where said_device is not null', count),
    // One that could not be written is said again with the next refresh.
    await numberOf('installation_references', many - count),
  ]
  return {
    rows: await bytesOf(...remembered),
    claims: await bytesOf('claims'),
    said: ((await bytesOf('with_said')) - (await bytesOf('without_said'))) / saying,
    reference: (await bytesOf('installation_references')) / called,
    receipts: await store.numberOf('select sum(length(receipt)) from installation_evidence'),
  }
}

const referencesOf = (store: Store['kind'], { count, many }: Amount) =>
  madeUpReferences(store, many - count, Math.floor(Date.now() / 86_400_000))

/** The stored claims without the receipts, which are stored separately; and what the device said beside two columns, and these alone. */
const copies = [
  'create table claims as select installation, evidence, ask_at from installation_evidence',
  'create table with_said as select installation, ask_at, said_device from installation_evidence',
  'create table without_said as select installation, ask_at from installation_evidence',
]
const toAsk = 'create index claims_to_ask on claims (ask_at) where ask_at is not null'

function quoted(tables: readonly string[]): string {
  return tables.map((table) => `'${table}'`).join(', ')
}

async function enrolMany(folder: string, { count }: Amount, postgres?: string): Promise<void> {
  const vendors = await startPhoneVendors()
  const { post, close } = createConnections(together)
  const vendorFile = `${folder}-vendors.json`
  await vendors.write(vendorFile)
  const service = await startWatchedService(folder, { vendorFile, ...(postgres && { postgres }) })
  try {
    const { android, ios } = await registerApps(service, vendors)
    for (const { app } of [android, ios]) await allowReferences(service, app)
    const app = { package: android.app, versionCode: android.versionCode, signers: [android.signer] }
    const phones = vendors.phones(app, appId)
    const enrol = async (i: number) => {
      const phone = i % 2 === 0 ? phones.iphone() : phones.pixel()
      const attester = i % 2 === 0 ? ios : android
      const reference = `user-${i}@example.com`
      const body = await attester.answer({
        items: (binding) => [phone.attest(binding)],
        clientData: (genuine) => ({ ...genuine, reference }),
      })
      const userAgent = userAgents[i % 2 === 0 ? 'iphone' : 'pixel']
      await post(service.url + paths.attestations, body, { 'user-agent': userAgent })
    }
    for (let i = 0; i < count; i += together)
      await Promise.all(Array.from({ length: together }, (_, n) => enrol(i + n)))
  } finally {
    await service.stop()
    close()
    await vendors.close()
  }
}

async function allowReferences({ url, adminKey }: WatchedService, app: string): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': mediaTypes.json }
  const body = JSON.stringify({ references: true })
  const response = await fetch(`${url}/v1/apps/${app}`, { method: 'PATCH', headers, body })
  if (!response.ok) throw new Error(`an app was not changed: ${await response.text()}`)
}
