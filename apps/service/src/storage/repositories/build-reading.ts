import { setImmediate } from 'node:timers/promises'
import type { SdkManifest } from '@assay/measurement'
import type { SegmentSummary } from '@assay/protocol'
import type { Build, BuildSummary } from '@assay/protocol/schemas'
import type { CodePlace } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { fromJson } from '../database/columns.ts'
import { first } from '../database/rows.ts'
import type { Database } from '../database/tables.ts'
import { summaryColumns, toSummary, variantColumns, type SummaryRow, type VariantRow } from './build-rows.ts'
import { imageOf } from '../../attestation/model/build-image.ts'

/** Rows per statement when reading a whole table: SQLite works on the calling thread. */
const pageLength = 1000

/** @param variant whose segments it has; by default those that were registered first */
export async function findBuild(
  db: Database,
  app: string,
  id: string,
  variant?: string,
): Promise<Build | undefined> {
  const summary = await findSummary(db, app, id)
  if (summary === undefined) return undefined
  const image = imageOf(summary, variant)
  if (image === undefined) return undefined
  const segments: SegmentSummary[] = await db
    .selectFrom('build_segments')
    .select(['name', 'kind', 'length', 'sha256'])
    .where('app', '=', app)
    .where('build', '=', id)
    .where('variant', '=', variant ?? '')
    .orderBy('name')
    .execute()
  return { ...image, segments }
}

export async function findSummary(db: Database, app: string, id: string): Promise<BuildSummary | undefined> {
  const row = await db
    .selectFrom('builds')
    .select(summaryColumns)
    .where('app', '=', app)
    .where('id', '=', id)
    .executeTakeFirst()
  const [summary] = await withVariants(db, row === undefined ? [] : [row])
  return summary
}

/** @param rows of one app */
async function withVariants(db: Database, rows: readonly SummaryRow[]): Promise<BuildSummary[]> {
  const [first] = rows
  if (first === undefined) return []
  const found: readonly VariantRow[] = await db
    .selectFrom('build_variants')
    .select(variantColumns)
    .where('app', '=', first.app)
    .where(
      'build',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('created_at')
    .orderBy('name')
    .execute()
  return rows.map((row) =>
    toSummary(
      row,
      found.filter(({ build }) => build === row.id),
    ),
  )
}

export async function findManifest(
  db: Database,
  app: string,
  id: string,
  variant?: string,
): Promise<SdkManifest | undefined> {
  const row =
    variant === undefined
      ? await db
          .selectFrom('builds')
          .select('sdk_manifest')
          .where('app', '=', app)
          .where('id', '=', id)
          .executeTakeFirst()
      : await db
          .selectFrom('build_variants')
          .select('sdk_manifest')
          .where('app', '=', app)
          .where('build', '=', id)
          .where('name', '=', variant)
          .executeTakeFirst()
  const manifest = row?.sdk_manifest ?? null
  return manifest === null ? undefined : fromJson(manifest)
}

export async function listBuilds(db: Database, app: string, page: Page): Promise<BuildSummary[]> {
  const rows = await db
    .selectFrom('builds')
    .select(summaryColumns)
    .where('app', '=', app)
    .where('id', '>', first(page))
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return withVariants(db, rows)
}

export async function listActive(db: Database, seenSince: Date | undefined): Promise<BuildSummary[]> {
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
    const seen = new Map<string, SummaryRow[]>()
    for (const row of rows) {
      ;({ app, id } = row)
      const isSeen = Math.max(row.created_at, row.last_seen_at ?? -Infinity) >= since
      if (row.state === 'active' && isSeen) seen.set(app, [...(seen.get(app) ?? []), row])
    }
    for (const ofApp of seen.values()) builds.push(...(await withVariants(db, ofApp)))
    if (rows.length < pageLength) return builds
    await setImmediate()
  }
}

export async function listNewest(db: Database, app: string, limit: number): Promise<BuildSummary[]> {
  const rows = await db
    .selectFrom('builds')
    .select(summaryColumns)
    .where('app', '=', app)
    .where('splits', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return withVariants(db, rows)
}

export async function hasRetired(db: Database, app: string, imageDigest: string): Promise<boolean> {
  const first = await db
    .selectFrom('builds')
    .select('id')
    .where('app', '=', app)
    .where('image_digest', '=', imageDigest)
    .where((where) => where.or([where('state', '=', 'retired'), where('first_ended_at', 'is not', null)]))
    .limit(1)
    .executeTakeFirst()
  if (first !== undefined) return true
  const variant = await db
    .selectFrom('build_variants as v')
    .innerJoin('builds as b', (join) => join.onRef('b.app', '=', 'v.app').onRef('b.id', '=', 'v.build'))
    .select('v.name')
    .where('v.app', '=', app)
    .where('v.image_digest', '=', imageDigest)
    .where('b.state', '=', 'retired')
    .limit(1)
    .executeTakeFirst()
  return variant !== undefined
}

export async function listCode(db: Database, app: string, versionCode: number): Promise<CodePlace[]> {
  return db
    .selectFrom('builds')
    .innerJoin('build_segments', (join) =>
      join.onRef('build_segments.app', '=', 'builds.app').onRef('build_segments.build', '=', 'builds.id'),
    )
    .select(['builds.format', 'build_segments.name'])
    .distinct()
    .where('builds.app', '=', app)
    .where('builds.version_code', '=', versionCode)
    .where('builds.state', '<>', 'pending')
    .where('builds.base', 'is', null)
    .where('build_segments.variant', '=', '')
    .execute()
}

export async function hasSdk(db: Database, app: string): Promise<boolean> {
  const row = await db
    .selectFrom('builds')
    .select('id')
    .where('app', '=', app)
    .where('state', '<>', 'pending')
    .where('sdk', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function uploadSigners(db: Database, app: string): Promise<string[]> {
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

export async function listBlobs(db: Database): Promise<Set<string>> {
  const blobs = new Set<string>()
  let [app, build, variant, name] = ['', '', '', '']
  for (;;) {
    const rows = await db
      .selectFrom('build_segments')
      .select(['app', 'build', 'variant', 'name', 'sha256'])
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('app', 'build', 'variant', 'name'), '>', tuple(app, build, variant, name)),
      )
      .orderBy('app')
      .orderBy('build')
      .orderBy('variant')
      .orderBy('name')
      .limit(pageLength)
      .execute()
    for (const { sha256, ...row } of rows) {
      ;({ app, build, variant, name } = row)
      blobs.add(sha256)
    }
    if (rows.length < pageLength) return blobs
    await setImmediate()
  }
}
