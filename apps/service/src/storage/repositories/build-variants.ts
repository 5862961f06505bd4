import { firstImage, mostPendingVariants, mostVariants } from '@assay/protocol'
import type { Build, BuildSummary } from '@assay/protocol/schemas'
import type {
  ImageEnded,
  VariantActivated,
  VariantInserted,
  VariantInsertOptions,
} from '../../provisioning/model/ports.ts'
import { toJson } from '../database/columns.ts'
import { inTransaction } from '../database/in-transaction.ts'
import type { Database } from '../database/tables.ts'
import { findSummary } from './build-reading.ts'
import { faultOf, insertSegments } from './build-registration.ts'

/** Rolls the transaction back. */
class Refused extends Error {
  readonly reason: Exclude<VariantInserted, 'ok'>

  constructor(reason: Exclude<VariantInserted, 'ok'>) {
    super()
    this.reason = reason
  }
}

export async function insertVariant(
  db: Database,
  image: Build,
  { name, state, shapes, replace, replacesPending, authority, manifest, now }: VariantInsertOptions,
): Promise<VariantInserted> {
  try {
    return await inTransaction(db, async (trx): Promise<VariantInserted> => {
      const fault = await faultOf(trx, authority, now)
      if (fault !== undefined) return fault
      const build = await locked(trx, image.app, image.id)
      if (build === undefined) return 'build_not_found'
      if (replacesPending) await removeVariant(trx, build, name, 'pending')
      if (replace !== undefined && !(await end(trx, build, replace, now)))
        throw new Refused('nothing_to_replace')
      const left = (await findSummary(trx, image.app, image.id)) as BuildSummary
      if (left.variants.some((each) => each.name === name)) throw new Refused('exists')
      const number = state === 'pending' ? null : freeNumber(left)
      if (number === undefined) throw new Refused('too_many')
      if (
        number === null &&
        left.variants.filter((each) => each.state === 'pending').length >= mostPendingVariants
      )
        throw new Refused('builds_pending_full')
      const { app, id, format, framework, sdk, image_digest, splits, signers, schemes, warnings } = image
      await trx
        .insertInto('build_variants')
        .values({
          ...{ app, build: id, name, number, format, framework, sdk, image_digest, state },
          created_at: now,
          registered_by: authority.keys[0] ?? null,
          ...{ signers: toJson(signers), schemes: toJson(schemes), warnings: toJson(warnings) },
          shapes: toJson(shapes),
          splits: splits === null ? null : toJson(splits),
          sdk_manifest: manifest === null ? null : toJson(manifest),
        })
        .execute()
      await insertSegments(trx, image, name)
      return 'ok'
    })
  } catch (error) {
    if (error instanceof Refused) return error.reason
    throw error
  }
}

export async function activateVariant(
  db: Database,
  app: string,
  id: string,
  name: string,
): Promise<VariantActivated> {
  return inTransaction(db, async (trx): Promise<VariantActivated> => {
    const build = await locked(trx, app, id)
    const variant = build?.variants.find((each) => each.name === name)
    if (build === undefined || variant === undefined) return 'build_not_found'
    if (variant.state === 'active') return 'ok'
    const number = freeNumber(build)
    if (number === undefined) return 'too_many'
    await trx
      .updateTable('build_variants')
      .set({ state: 'active', number })
      .where('app', '=', app)
      .where('build', '=', id)
      .where('name', '=', name)
      .execute()
    return 'ok'
  })
}

export async function endImage(
  db: Database,
  app: string,
  id: string,
  name: string,
  now: Date,
): Promise<ImageEnded> {
  return inTransaction(db, async (trx): Promise<ImageEnded> => {
    const build = await locked(trx, app, id)
    if (build === undefined) return 'build_not_found'
    const others = build.variants.filter((each) => each.name !== name && each.state === 'active').length
    const isFirstLeft = name !== firstImage && build.first_ended_at === null
    if (others === 0 && !isFirstLeft) return 'last'
    return (await end(trx, build, name, now.getTime())) ? 'ok' : 'build_not_found'
  })
}

/** The build's row is the lock: whoever else changes its images waits. */
async function locked(db: Database, app: string, id: string): Promise<BuildSummary | undefined> {
  await db.updateTable('builds').set({ id }).where('app', '=', app).where('id', '=', id).execute()
  return findSummary(db, app, id)
}

/** The lowest number that no variant has; undefined: there is none. */
function freeNumber({ variants }: Pick<BuildSummary, 'variants'>): number | undefined {
  const taken = new Set(variants.map(({ number }) => number))
  for (let number = 1; number <= mostVariants; number++) if (!taken.has(number)) return number
  return undefined
}

/** False: there is no such image. */
async function end(db: Database, build: BuildSummary, name: string, now: number): Promise<boolean> {
  if (name !== firstImage) return removeVariant(db, build, name)
  if (build.first_ended_at !== null) return true
  await db
    .updateTable('builds')
    .set({ first_ended_at: now })
    .where('app', '=', build.app)
    .where('id', '=', build.id)
    .execute()
  return true
}

async function removeVariant(
  db: Database,
  { app, id, variants }: BuildSummary,
  name: string,
  only?: 'pending',
): Promise<boolean> {
  const variant = variants.find((each) => each.name === name)
  if (variant === undefined || (only !== undefined && variant.state !== only)) return false
  for (const [table, column] of [
    ['build_segments', 'variant'],
    ['build_variants', 'name'],
  ] as const)
    await db
      .deleteFrom(table)
      .where('app', '=', app)
      .where('build', '=', id)
      .where(column, '=', name)
      .execute()
  return true
}
