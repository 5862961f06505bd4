import { installationBanKinds } from '@assay/protocol'
import type { Ban } from '@assay/protocol/schemas'
import type { ExpressionBuilder, ExpressionWrapper, Selectable, SqlBool } from 'kysely'
import type { InstallationBans } from '../../attestation/model/ports.ts'
import type { VouchingKeyId } from '../../attestation/model/installation.ts'
import type { BanDetails, BanStore } from '../../provisioning/model/ports.ts'
import type { Page } from '../../system/page.ts'
import { toTime } from '../database/columns.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import { first } from '../database/rows.ts'
import type { Database, Tables } from '../database/tables.ts'
import { inSlices } from './in-slices.ts'

export function createBanRepository({ db }: { db: Database }): BanStore {
  return {
    add: async (app, vouchingKey, details, now) =>
      toBan(await addBan(db, { app, vouchingKey, details, now }).executeTakeFirstOrThrow()),
    addForSupport: (app, vouchingKey, details, now) => addForSupport(db, { app, vouchingKey, details, now }),
    async find(app: string, { kind, id }: VouchingKeyId, now: number): Promise<Ban | undefined> {
      const row = await banned(db, app, now)
        .where('kind', '=', kind)
        .where('vouching_key', '=', toDigest(id))
        .executeTakeFirst()
      return row && toBan(row)
    },
    async hasAny(app: string, vouchingKeys: readonly VouchingKeyId[], now: number): Promise<boolean> {
      if (vouchingKeys.length === 0) return false
      const row = await banned(db, app, now)
        .where(({ or, and, eb }) =>
          or(
            vouchingKeys.map(({ kind, id }) =>
              and([eb('kind', '=', kind), eb('vouching_key', '=', toDigest(id))]),
            ),
          ),
        )
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    ofInstallations: (app: string) => bansOfInstallations(db, app),
    async list(app: string, page: Page, now: number): Promise<Ban[]> {
      const [kind = '', id = ''] = first(page).split(':') as Cursor
      const rows = await banned(db, app, now)
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple('kind', 'vouching_key'), '>', tuple(kind, toDigest(id))),
        )
        .orderBy('kind')
        .orderBy('vouching_key')
        .limit(page.limit)
        .execute()
      return rows.map(toBan)
    },
    async remove(app: string, vouchingKey: VouchingKeyId): Promise<boolean> {
      const { numDeletedRows } = await removal(db, app, vouchingKey).executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    },
    async removeForSupport(app: string, vouchingKey: VouchingKeyId): Promise<boolean> {
      const { numDeletedRows } = await removal(db, app, vouchingKey)
        .where('author', 'in', supportKeys(db))
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    },
    prune: (now: number) => prune(db, now),
  }
}

/** Rows removed per statement. */
export const bansPerSlice = 100

async function prune(db: Database, now: number): Promise<void> {
  await inSlices(() =>
    db
      .deleteFrom('bans')
      // The row is checked again: a ban that is renewed in the meantime stays.
      .where('expires_at', '<=', now)
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('app', 'kind', 'vouching_key'),
          'in',
          selectFrom('bans as ended')
            .select(['ended.app', 'ended.kind', 'ended.vouching_key'])
            .where('ended.expires_at', '<=', now)
            .orderBy('ended.expires_at')
            .limit(bansPerSlice)
            .$asTuple('app', 'kind', 'vouching_key'),
        ),
      )
      .executeTakeFirstOrThrow(),
  )
}

type Cursor = [VouchingKeyId['kind'], string]

interface NewBan {
  app: string
  vouchingKey: VouchingKeyId
  details: BanDetails
  now: number
}

function removal(db: Database, app: string, { kind, id }: VouchingKeyId) {
  return db
    .deleteFrom('bans')
    .where('app', '=', app)
    .where('kind', '=', kind)
    .where('vouching_key', '=', toDigest(id))
}

/** A ban whose author is gone is not theirs. */
function supportKeys(db: Database) {
  return db.selectFrom('api_keys').select('id').where('scope', '=', 'support')
}

/** One statement, so that no ban of an operator comes in between. */
async function addForSupport(db: Database, ban: NewBan): Promise<Ban | undefined> {
  const row = await addBan(db, ban, ({ or, eb }) =>
    or([eb('bans.expires_at', '<=', ban.now), eb('bans.author', 'in', supportKeys(db))]),
  ).executeTakeFirst()
  return row && toBan(row)
}

type Condition = (of: ExpressionBuilder<Tables, 'bans'>) => ExpressionWrapper<Tables, 'bans', SqlBool>

/** An existing ban keeps its start; one that has ended starts anew. */
function addBan(
  db: Database,
  { app, vouchingKey, details, now }: NewBan,
  isReplaced: Condition = ({ eb, lit }) => eb(lit(1), '=', 1),
) {
  const { audience, note, author, expiresAt } = details
  const named = { app, kind: vouchingKey.kind, vouching_key: toDigest(vouchingKey.id) }
  const said = { audience, note, author, expires_at: expiresAt }
  return db
    .insertInto('bans')
    .values({ ...named, ...said, created_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['app', 'kind', 'vouching_key'])
        .doUpdateSet(({ ref, eb }) => ({
          ...said,
          created_at: eb
            .case()
            .when('bans.expires_at', '<=', now)
            .then(now)
            .else(ref('bans.created_at'))
            .end(),
        }))
        .where(isReplaced),
    )
    .returningAll()
    .returning(bySupport(db))
}

async function bansOfInstallations(db: Database, app: string): Promise<InstallationBans> {
  const rows = await db
    .selectFrom('bans')
    .select(['kind', 'audience'])
    .distinct()
    .where('app', '=', app)
    .where('kind', 'in', Object.values(installationBanKinds))
    .execute()
  return {
    byKey: rows.some(({ kind }) => kind === installationBanKinds.key),
    audiences: rows.flatMap(({ audience }) => audience ?? []),
  }
}

function banned(db: Database, app: string, now: number) {
  return db
    .selectFrom('bans')
    .selectAll()
    .select(bySupport(db))
    .where('app', '=', app)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
}

/** Null where nobody is recorded as the author; SQLite has numbers for it. */
function bySupport(db: Database) {
  return ({ eb }: ExpressionBuilder<Tables, 'bans'>) =>
    eb('bans.author', 'in', supportKeys(db)).as('by_support')
}

type BanRow = Selectable<Tables['bans']> & { by_support: SqlBool | null }

function toBan({ vouching_key, by_support, created_at, expires_at, ...ban }: BanRow): Ban {
  return {
    ...ban,
    by_support: Boolean(by_support),
    vouching_key: fromDigest(vouching_key),
    created_at: toTime(created_at),
    expires_at: expires_at === null ? null : toTime(expires_at),
  }
}
