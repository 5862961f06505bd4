import { setImmediate } from 'node:timers/promises'
import type { SdkManifest } from '@assay/measurement'
import type { Build, SegmentSummary } from '@assay/protocol'
import type { Selectable } from 'kysely'
import type { MeasuredBuilds } from '../../attestation/measurement/measurements.ts'
import type { BuildSummary } from '../../attestation/ports.ts'
import type {
  BuildAuthority,
  BuildInserted,
  BuildInsertOptions,
  BuildStore,
} from '../../provisioning/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson, toFlag, toJson, toMillis, toTime } from '../columns.ts'
import { isForeignKeyViolation, first } from '../rows.ts'
import { inTransaction } from '../in-transaction.ts'
import type { Database, Tables } from '../tables.ts'

/** A build's `last seen` time is written at most this often, so that attestations write no row. Milliseconds. */
const lastSeenGranularity = 60 * 60 * 1000

/** Rows of one statement: five values each stay far under either dialect's limit of parameters. */
const segmentsPerStatement = 1000

/** Rows of one statement that reads a whole table: SQLite works on the calling thread. */
const pageLength = 1000

export function createBuildRepository({ db }: { db: Database }): BuildStore & MeasuredBuilds {
  return {
    insert: (build: Build, options: BuildInsertOptions = {}) => insertBuild(db, build, options),
    find: (app: string, id: string) => findBuild(db, app, id),
    findSummary: (app: string, id: string) => findSummary(db, app, id),
    findManifest: (app: string, id: string) => findManifest(db, app, id),
    list: (app: string, page: Page) => listBuilds(db, app, page),
    listActive: (options: { seenSince?: Date } = {}) => listActive(db, options.seenSince),
    activate: (app: string, id: string) => activateBuild(db, app, id),
    retire: (app: string, id: string, now: Date) => retireBuild(db, app, id, now.getTime()),
    touch: (app: string, id: string, now: Date) => touchBuild(db, app, id, now.getTime()),
    uploadSigners: (app: string) => uploadSigners(db, app),
    listBlobs: () => listBlobs(db),
  }
}

async function insertBuild(db: Database, build: Build, options: BuildInsertOptions): Promise<BuildInserted> {
  try {
    return await inTransaction(db, async (trx): Promise<BuildInserted> => {
      const fault = await faultOf(trx, options.authority)
      if (fault !== undefined) return fault
      if (await knowsOthers(trx, build.app, options)) return 'signer_new'
      const teams = await teamsWith(trx, build.app, options)
      if (teams === 'team_new') return teams
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('builds')
        .values(toRow(build, options))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) {
        const exists = await findBuild(trx, build.app, build.id)
        if (exists === undefined)
          throw new Error('a build was removed while another was registered under its id')
        return { exists }
      }
      await insertSegments(trx, build)
      await addSigners(trx, build.app, options.addSigners ?? [])
      await trx
        .updateTable('apps')
        .set({ teams: toJson(teams) })
        .where('id', '=', build.app)
        .execute()
      return 'ok'
    })
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'app_not_found'
    throw error
  }
}

/** The app's row is the lock: of two builds that come first, one knows the signer of the other. */
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

/** The app's teams with the one of the build. The app's row is the lock here too. */
async function teamsWith(
  db: Database,
  app: string,
  { addTeam, isFirstTeam = false }: BuildInsertOptions,
): Promise<string[] | 'team_new'> {
  const row = await db
    .updateTable('apps')
    .set({ id: app })
    .where('id', '=', app)
    .returning('teams')
    .executeTakeFirst()
  const known = row === undefined ? [] : fromJson(row.teams)
  if (addTeam === undefined || known.includes(addTeam)) return known
  return isFirstTeam && known.length > 0 ? 'team_new' : [...known, addTeam].sort()
}

/** Rows that are compared are held until the build is in: whoever revokes them comes before or after, never between. */
async function faultOf(
  db: Database,
  authority: BuildAuthority | undefined,
): Promise<Exclude<BuildInserted, 'ok' | object> | undefined> {
  if (authority === undefined) return undefined
  const { keys, app, signers, team, base } = authority
  for (const key of [...keys].sort()) if (!(await mayRegister(db, key, app.id))) return 'key_revoked'
  const row = await db
    .updateTable('apps')
    .set({ id: app.id })
    .where('id', '=', app.id)
    .returning(['platform', 'package', 'created_at', 'teams', 'evidence'])
    .executeTakeFirst()
  const isSame =
    row?.platform === app.platform &&
    row.package === app.package &&
    row.created_at === toMillis(app.created_at)
  if (!isSame) return 'app_not_found'
  if (!(await areSigners(db, app.id, signers))) return 'signer_not_registered'
  // Where the list does not name it, the settings of evidence did, and must be what they were.
  const isKnown =
    team === undefined || fromJson(row.teams).includes(team) || row.evidence === toJson(app.evidence)
  if (!isKnown) return 'team_not_registered'
  return base === null || (await isActive(db, app.id, base)) ? undefined : 'base_not_active'
}

async function mayRegister(db: Database, key: string, app: string): Promise<boolean> {
  const row = await db
    .updateTable('api_keys')
    .set({ id: key })
    .where('id', '=', key)
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

async function areSigners(db: Database, app: string, signers: readonly string[]): Promise<boolean> {
  if (signers.length === 0) return true
  const inTable = (table: 'app_signers' | 'app_listed_signers') =>
    db
      .selectFrom(table)
      .select('sha256')
      .where('app', '=', app)
      .where('sha256', 'in', [...signers])
  const rows = await inTable('app_signers').union(inTable('app_listed_signers')).execute()
  return rows.length === new Set(signers).size
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

async function insertSegments(db: Database, build: Build): Promise<void> {
  for (let start = 0; start < build.segments.length; start += segmentsPerStatement) {
    // SQLite works on the calling thread: others get their turn between statements.
    if (start > 0) await setImmediate()
    const rows = build.segments.slice(start, start + segmentsPerStatement).map((segment) => ({
      app: build.app,
      build: build.id,
      name: segment.name,
      kind: segment.kind,
      length: segment.length,
      sha256: segment.sha256,
    }))
    await db.insertInto('build_segments').values(rows).execute()
  }
}

/** In a fixed order everywhere: two transactions that wait for each other's rows would be a deadlock. */
async function addSigners(db: Database, app: string, signers: readonly string[]): Promise<void> {
  if (signers.length === 0) return
  await db
    .insertInto('app_signers')
    .values([...signers].sort().map((sha256) => ({ app, sha256 })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function findBuild(db: Database, app: string, id: string): Promise<Build | undefined> {
  const row = await db
    .selectFrom('builds')
    .selectAll()
    .where('app', '=', app)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const segments: SegmentSummary[] = await db
    .selectFrom('build_segments')
    .select(['name', 'kind', 'length', 'sha256'])
    .where('app', '=', app)
    .where('build', '=', id)
    .orderBy('name')
    .execute()
  return { ...toSummary(row), segments }
}

async function findSummary(db: Database, app: string, id: string): Promise<BuildSummary | undefined> {
  const row = await db
    .selectFrom('builds')
    .select(summaryColumns)
    .where('app', '=', app)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

async function findManifest(db: Database, app: string, id: string): Promise<SdkManifest | undefined> {
  const row = await db
    .selectFrom('builds')
    .select('sdk_manifest')
    .where('app', '=', app)
    .where('id', '=', id)
    .executeTakeFirst()
  const manifest = row?.sdk_manifest ?? null
  return manifest === null ? undefined : fromJson(manifest)
}

async function listBuilds(db: Database, app: string, page: Page): Promise<BuildSummary[]> {
  const rows = await db
    .selectFrom('builds')
    .select(summaryColumns)
    .where('app', '=', app)
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map(toSummary)
}

async function listActive(db: Database, seenSince: Date | undefined): Promise<BuildSummary[]> {
  const since = seenSince?.getTime() ?? -Infinity
  const builds: BuildSummary[] = []
  let [app, id] = ['', '']
  for (;;) {
    const rows = await db
      .selectFrom('builds')
      .select([...summaryColumns, 'last_seen_at'])
      .where(({ eb, refTuple, tuple }) => eb(refTuple('app', 'id'), '>', tuple(app, id)))
      .orderBy('app')
      .orderBy('id')
      .limit(pageLength)
      .execute()
    for (const row of rows) {
      ;({ app, id } = row)
      const isSeen = Math.max(row.created_at, row.last_seen_at ?? -Infinity) >= since
      if (row.state === 'active' && isSeen) builds.push(toSummary(row))
    }
    if (rows.length < pageLength) return builds
    await setImmediate()
  }
}

async function activateBuild(db: Database, app: string, id: string): Promise<BuildSummary | undefined> {
  const row = await db
    .updateTable('builds')
    .set((column) => ({
      state: column
        .case()
        .when('state', '=', 'pending')
        .then(column.val<Build['state']>('active'))
        .else(column.ref('state'))
        .end(),
    }))
    .where('app', '=', app)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

async function retireBuild(
  db: Database,
  app: string,
  id: string,
  now: number,
): Promise<BuildSummary | undefined> {
  const row = await db
    .updateTable('builds')
    .set((column) => ({
      state: 'retired',
      // Retiring it again starts nothing anew.
      retired_at: column
        .case()
        .when('state', '=', 'retired')
        .then(column.ref('retired_at'))
        .else(column.val(now))
        .end(),
    }))
    .where('app', '=', app)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

async function touchBuild(db: Database, app: string, id: string, now: number): Promise<void> {
  await db
    .updateTable('builds')
    .set({ last_seen_at: now })
    .where('app', '=', app)
    .where('id', '=', id)
    .where((eb) =>
      eb.or([eb('last_seen_at', 'is', null), eb('last_seen_at', '<=', now - lastSeenGranularity)]),
    )
    .execute()
}

async function uploadSigners(db: Database, app: string): Promise<string[]> {
  const rows = await db
    .selectFrom('builds')
    .select('upload_signer')
    .distinct()
    .where('app', '=', app)
    .where('upload_signer', 'is not', null)
    .orderBy('upload_signer')
    .execute()
  return rows.flatMap(({ upload_signer: signer }) => signer ?? [])
}

async function listBlobs(db: Database): Promise<Set<string>> {
  const blobs = new Set<string>()
  let [app, build, name] = ['', '', '']
  for (;;) {
    const rows = await db
      .selectFrom('build_segments')
      .select(['app', 'build', 'name', 'sha256'])
      .where(({ eb, refTuple, tuple }) => eb(refTuple('app', 'build', 'name'), '>', tuple(app, build, name)))
      .orderBy('app')
      .orderBy('build')
      .orderBy('name')
      .limit(pageLength)
      .execute()
    for (const { sha256, ...row } of rows) {
      ;({ app, build, name } = row)
      blobs.add(sha256)
    }
    if (rows.length < pageLength) return blobs
    await setImmediate()
  }
}

function toRow(build: Build, { manifest = null, uploadSigner }: BuildInsertOptions): Tables['builds'] {
  return {
    app: build.app,
    id: build.id,
    format: build.format,
    package: build.package,
    version_name: build.version_name,
    version_code: build.version_code,
    min_sdk: build.min_sdk,
    target_sdk: build.target_sdk,
    debuggable: toFlag(build.debuggable),
    signers: toJson(build.signers),
    schemes: toJson(build.schemes),
    framework: build.framework,
    sdk: build.sdk,
    upload_signer: uploadSigner ?? null,
    sdk_manifest: manifest === null ? null : toJson(manifest),
    coverage: build.coverage,
    base: build.base,
    splits: build.splits === null ? null : toJson(build.splits),
    image_digest: build.image_digest,
    warnings: toJson(build.warnings),
    state: build.state,
    retired_at: null,
    created_at: toMillis(build.created_at),
    last_seen_at: null,
  }
}

/** Not the manifest, which is as large as all the rest. */
const summaryColumns = [
  'app',
  'id',
  'format',
  'package',
  'version_name',
  'version_code',
  'min_sdk',
  'target_sdk',
  'debuggable',
  'signers',
  'schemes',
  'framework',
  'sdk',
  'coverage',
  'base',
  'splits',
  'image_digest',
  'warnings',
  'state',
  'created_at',
] as const satisfies readonly (keyof Tables['builds'])[]

function toSummary(row: Pick<Selectable<Tables['builds']>, (typeof summaryColumns)[number]>): BuildSummary {
  return {
    app: row.app,
    id: row.id,
    format: row.format,
    package: row.package,
    version_name: row.version_name,
    version_code: row.version_code,
    min_sdk: row.min_sdk,
    target_sdk: row.target_sdk,
    debuggable: row.debuggable === 1,
    signers: fromJson(row.signers),
    schemes: fromJson(row.schemes),
    framework: row.framework,
    sdk: row.sdk,
    coverage: row.coverage,
    base: row.base,
    splits: row.splits === null ? null : fromJson(row.splits),
    image_digest: row.image_digest,
    warnings: fromJson(row.warnings),
    state: row.state,
    created_at: toTime(row.created_at),
  }
}
