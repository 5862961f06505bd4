import { setImmediate } from 'node:timers/promises'
import type { Build } from '@assay/protocol/schemas'
import type { BuildAuthority, BuildInserted, BuildInsertOptions } from '../../provisioning/model/ports.ts'
import { toJson, toMillis } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import { isForeignKeyViolation } from '../database/rows.ts'
import type { AppSettings, Database } from '../database/tables.ts'
import { readSettings, writeSettings } from './app-settings-column.ts'
import { areSigners, insertSigners } from './app-signers.ts'
import { findBuild } from './build-reading.ts'
import { toRow } from './build-rows.ts'

/** Rows per statement: five values each stay far below either dialect's limit of parameters. */
const segmentsPerStatement = 1000

export async function insertBuild(
  db: Database,
  build: Build,
  options: BuildInsertOptions,
): Promise<BuildInserted> {
  try {
    return await inTransaction(db, async (trx): Promise<BuildInserted> => {
      const fault = await faultOf(trx, options.authority, toMillis(build.created_at))
      if (fault !== undefined) return fault
      if (await knowsOthers(trx, build.app, options)) return 'signer_new'
      const settings = await settingsWith(trx, build.app, options)
      if (settings === 'team_new') return settings
      if (!(await insertRow(trx, build, options))) {
        const exists = await findBuild(trx, build.app, build.id)
        if (exists === undefined)
          throw new Error('a build was removed while another was registered under its id')
        return { exists }
      }
      if (await isBeyond(trx, build, options)) throw new TooManyPending()
      await insertSegments(trx, build, '')
      await insertSigners(trx, build.app, options.addSigners ?? [])
      if (settings !== undefined)
        await trx
          .updateTable('apps')
          .set({ settings: writeSettings(settings) })
          .where('id', '=', build.app)
          .execute()
      return 'ok'
    })
  } catch (error) {
    if (error instanceof TooManyPending) return 'builds_pending_full'
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

/** Rolls the transaction back. */
class TooManyPending extends Error {}

/** False: its id is taken, and was not freed. */
async function insertRow(db: Database, build: Build, options: BuildInsertOptions): Promise<boolean> {
  // Nobody has attested with a pending build, and it was let in without anybody's word.
  if (options.replacesPending === true)
    await db
      .deleteFrom('builds')
      .where('app', '=', build.app)
      .where('id', '=', build.id)
      .where('state', '=', 'pending')
      .execute()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('builds')
    .values(toRow(build, options))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows !== 0n
}

/** Counts after it is inserted; whoever else inserts with the same key waits for its row. */
async function isBeyond(
  db: Database,
  { state }: Build,
  { authority, mostPending = Infinity }: BuildInsertOptions,
): Promise<boolean> {
  const [key] = authority?.keys ?? []
  if (state !== 'pending' || key === undefined) return false
  const { pending } = await db
    .selectFrom('builds')
    .select(({ fn }) => fn.countAll().as('pending'))
    .where('registered_by', '=', key)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow()
  return Number(pending) > mostPending
}

/** The app's row is the lock: if two builds compete to be first, one sees the signer of the other. */
async function knowsOthers(
  db: Database,
  app: string,
  { addSigners: first = [], areFirst = false }: BuildInsertOptions,
): Promise<boolean> {
  if (!areFirst || first.length === 0) return false
  await db.updateTable('apps').set({ id: app }).where('id', '=', app).execute()
  const known = await db.selectFrom('app_signers').select('sha256').where('app', '=', app).execute()
  return known.some(({ sha256 }) => !first.includes(sha256))
}

/** The app's settings with the team of the build, if that is new. The app's row is the lock here too. */
async function settingsWith(
  db: Database,
  app: string,
  { addTeam, isFirstTeam = false }: BuildInsertOptions,
): Promise<AppSettings | 'team_new' | undefined> {
  const row = await db
    .updateTable('apps')
    .set({ id: app })
    .where('id', '=', app)
    .returning('settings')
    .executeTakeFirst()
  if (row === undefined || addTeam === undefined) return undefined
  const settings = readSettings(row.settings)
  if (settings.teams.includes(addTeam)) return undefined
  return isFirstTeam && settings.teams.length > 0
    ? 'team_new'
    : { ...settings, teams: [...settings.teams, addTeam].sort() }
}

/** Compared rows are locked until the build is inserted: a revocation comes before or after, never in between. */
export async function faultOf(
  db: Database,
  authority: BuildAuthority | undefined,
  now: number,
): Promise<Exclude<BuildInserted, 'ok' | 'builds_pending_full' | object> | undefined> {
  if (authority === undefined) return undefined
  const { keys, app, signers, team, base } = authority
  for (const key of [...keys].sort()) if (!(await mayRegister(db, key, app.id, now))) return 'key_revoked'
  const row = await db
    .updateTable('apps')
    .set({ id: app.id })
    .where('id', '=', app.id)
    .returning(['platform', 'created_at', 'settings'])
    .executeTakeFirst()
  const settings = row && readSettings(row.settings)
  const isSame =
    row?.platform === app.platform &&
    settings?.package === app.package &&
    row.created_at === toMillis(app.created_at)
  if (!isSame) return 'app_not_found'
  if (!(await areSigners(db, app.id, signers))) return 'signer_not_registered'
  // If the list does not name it, the evidence settings did, and must not have changed.
  const isKnown =
    team === undefined ||
    settings?.teams.includes(team) === true ||
    toJson(settings?.evidence) === toJson(app.evidence)
  if (!isKnown) return 'team_not_registered'
  return base === null || (await isActive(db, app.id, base)) ? undefined : 'base_not_active'
}

async function mayRegister(db: Database, key: string, app: string, now: number): Promise<boolean> {
  const row = await db
    .updateTable('api_keys')
    .set({ id: key })
    .where('id', '=', key)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .returning('scope')
    .executeTakeFirst()
  if (row === undefined || row.scope === 'admin') return row !== undefined
  const link = await db
    .selectFrom('api_key_apps')
    .select('app')
    .where('key', '=', key)
    .where('app', '=', app)
    .executeTakeFirst()
  return link !== undefined
}

async function isActive(db: Database, app: string, id: string): Promise<boolean> {
  const row = await db
    .updateTable('builds')
    .set({ id })
    .where('app', '=', app)
    .where('id', '=', id)
    .returning('state')
    .executeTakeFirst()
  return row?.state === 'active'
}

/** @param variant empty for the image that was registered first */
export async function insertSegments(
  db: Database,
  build: Pick<Build, 'app' | 'id' | 'segments'>,
  variant: string,
): Promise<void> {
  for (let start = 0; start < build.segments.length; start += segmentsPerStatement) {
    // SQLite works on the calling thread: others get their turn between statements.
    if (start > 0) await setImmediate()
    const rows = build.segments.slice(start, start + segmentsPerStatement).map((segment) => ({
      app: build.app,
      build: build.id,
      variant,
      name: segment.name,
      kind: segment.kind,
      length: segment.length,
      sha256: segment.sha256,
    }))
    await db.insertInto('build_segments').values(rows).execute()
  }
}
