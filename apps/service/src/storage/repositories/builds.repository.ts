import type { Build, BuildPatch, BuildSummary } from '@assay/protocol/schemas'
import type { ComparedBuilds } from '../../attestation/measurement/matching-build.ts'
import type { MeasuredBuilds } from '../../attestation/measurement/measurements.ts'
import type { BuildInsertOptions, BuildStore, VariantInsertOptions } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { toMillis } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/tables.ts'
import {
  findBuild,
  findManifest,
  findSummary,
  hasRetired,
  hasSdk,
  listActive,
  listBlobs,
  listBuilds,
  listCode,
  listNewest,
  uploadSigners,
} from './build-reading.ts'
import { insertBuild } from './build-registration.ts'
import { activateVariant, endImage, insertVariant } from './build-variants.ts'

/** Milliseconds. A build's `last seen` time is written at most this often, so that attestations write no row. */
const lastSeenGranularity = 60 * 60 * 1000

export function createBuildRepository({
  db,
}: {
  db: Database
}): BuildStore & MeasuredBuilds & ComparedBuilds {
  return {
    insert: (build: Build, options: BuildInsertOptions = {}) => insertBuild(db, build, options),
    insertVariant: (image: Build, options: VariantInsertOptions) => insertVariant(db, image, options),
    activateVariant: (app: string, id: string, name: string) => activateVariant(db, app, id, name),
    endImage: (app: string, id: string, name: string, now: Date) => endImage(db, app, id, name, now),
    find: (app: string, id: string, variant?: string) => findBuild(db, app, id, variant),
    findSummary: (app: string, id: string) => findSummary(db, app, id),
    findManifest: (app: string, id: string, variant?: string) => findManifest(db, app, id, variant),
    list: (app: string, page: Page) => listBuilds(db, app, page),
    listActive: (options: { seenSince?: Date } = {}) => listActive(db, options.seenSince),
    listNewest: (app: string, limit: number) => listNewest(db, app, limit),
    activate: (app: string, id: string) => activateBuild(db, app, id),
    retire: (app: string, id: string, now: Date) => retireBuild(db, app, id, now.getTime()),
    restore: (app: string, id: string, since: Date) => restoreBuild(db, app, id, since.getTime()),
    update: (app: string, id: string, patch: BuildPatch) => updateBuild(db, app, id, patch),
    remove: (app: string, id: string) => removeBuild(db, app, id),
    hasRetired: (app: string, imageDigest: string) => hasRetired(db, app, imageDigest),
    listCode: (app: string, versionCode: number) => listCode(db, app, versionCode),
    hasSdk: (app: string) => hasSdk(db, app),
    touch: (app: string, id: string, now: Date) => touchBuild(db, app, id, now.getTime()),
    uploadSigners: (app: string) => uploadSigners(db, app),
    listBlobs: () => listBlobs(db),
  }
}

async function activateBuild(db: Database, app: string, id: string): Promise<BuildSummary | undefined> {
  await db
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
    .execute()
  return findSummary(db, app, id)
}

async function retireBuild(
  db: Database,
  app: string,
  id: string,
  now: number,
): Promise<BuildSummary | undefined> {
  await db
    .updateTable('builds')
    .set((column) => ({
      state: 'retired',
      // Retiring it again changes nothing.
      retired_at: column
        .case()
        .when('state', '=', 'retired')
        .then(column.ref('retired_at'))
        .else(column.val(now))
        .end(),
    }))
    .where('app', '=', app)
    .where('id', '=', id)
    .execute()
  return findSummary(db, app, id)
}

async function restoreBuild(
  db: Database,
  app: string,
  id: string,
  since: number,
): Promise<BuildSummary | undefined> {
  await db
    .updateTable('builds')
    .set({ state: 'active', retired_at: null })
    .where('app', '=', app)
    .where('id', '=', id)
    .where('state', '=', 'retired')
    .where('retired_at', '>', since)
    .execute()
  return findSummary(db, app, id)
}

const millisOf = (time: string | null) => (time === null ? null : toMillis(time))

/** Even with nothing to set, the statement takes the row's lock. */
async function updateBuild(
  db: Database,
  app: string,
  id: string,
  { channel, expires_at: end, difference_until: difference }: BuildPatch,
): Promise<BuildSummary | undefined> {
  await db
    .updateTable('builds')
    .set((column) => ({
      channel: channel ?? column.ref('channel'),
      expires_at: end === undefined ? column.ref('expires_at') : millisOf(end),
      difference_until: difference === undefined ? column.ref('difference_until') : millisOf(difference),
    }))
    .where('app', '=', app)
    .where('id', '=', id)
    .execute()
  return findSummary(db, app, id)
}

async function removeBuild(db: Database, app: string, id: string): Promise<boolean | 'in_use'> {
  return inTransaction(db, async (trx) => {
    // Locks it: whoever registers an update of it waits, and then finds no base.
    const found = await trx
      .updateTable('builds')
      .set({ id })
      .where('app', '=', app)
      .where('id', '=', id)
      .returning('last_seen_at')
      .executeTakeFirst()
    if (found === undefined) return false
    const update = await trx
      .selectFrom('builds')
      .select('id')
      .where('app', '=', app)
      .where('base', '=', id)
      .limit(1)
      .executeTakeFirst()
    if (found.last_seen_at !== null || update !== undefined) return 'in_use'
    await trx.deleteFrom('builds').where('app', '=', app).where('id', '=', id).execute()
    return true
  })
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
