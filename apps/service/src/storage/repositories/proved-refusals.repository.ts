import type { BuildName, ProvedRefusal, ProvedRefusalStore } from '../../operations/users/refused-builds.ts'
import { fromDigest, toDigest } from '../database/digest-column.ts'
import type { Database } from '../database/tables.ts'
import { numbered } from './enrolments.ts'

/** Rows of one statement. */
const rowsAtOnce = 500

export function createProvedRefusalRepository({ db }: { db: Database }): ProvedRefusalStore {
  return {
    async vouching(app: string, thumbprints: readonly string[]) {
      const rows = await db
        .selectFrom('installations')
        .select(['thumbprint', 'vouching_key', 'vouching_key_kind'])
        .where('app', '=', numbered(app))
        .where('thumbprint', 'in', thumbprints.map(toDigest))
        .where('vouching_key', 'is not', null)
        .execute()
      return new Map(
        rows.flatMap(({ thumbprint, vouching_key: id, vouching_key_kind: kind }) =>
          id === null ? [] : [[fromDigest(thumbprint), `${kind ?? ''} ${fromDigest(id)}`] as const],
        ),
      )
    },
    async add(refusals: readonly ProvedRefusal[]) {
      // One sender that is refused twice is one row, and a statement may name it once.
      const rows = new Map(
        refusals.map(({ app, build, osVersion, sender, at }) => [
          `${app}\n${build}\n${osVersion}\n${sender}`,
          { app, build, os_version: osVersion, sender, refused_at: at },
        ]),
      )
      const all = [...rows.values()]
      for (let i = 0; i < all.length; i += rowsAtOnce) {
        await db
          .insertInto('proved_refusals')
          .values(all.slice(i, i + rowsAtOnce))
          .onConflict((conflict) =>
            conflict
              .columns(['app', 'build', 'os_version', 'sender'])
              .doUpdateSet(({ ref }) => ({ refused_at: ref('excluded.refused_at') })),
          )
          .execute()
      }
    },
    async clear({ app, build, osVersion }: BuildName, until: number) {
      await db
        .deleteFrom('proved_refusals')
        .where('app', '=', app)
        .where('build', '=', build)
        .where('os_version', '=', osVersion)
        .where('refused_at', '<=', until)
        .execute()
    },
    async prune(before: number) {
      await db.deleteFrom('proved_refusals').where('refused_at', '<', before).execute()
    },
    async counts(limit: number) {
      const rows = await db
        .selectFrom('proved_refusals')
        .select(({ fn }) => ['app', 'build', 'os_version', fn.countAll<number>().as('senders')])
        .groupBy(['app', 'build', 'os_version'])
        .orderBy('senders', 'desc')
        .orderBy('app')
        .orderBy('build')
        .orderBy('os_version')
        .limit(limit)
        .execute()
      return rows.map(({ app, build, os_version: osVersion, senders }) => ({
        app,
        build,
        osVersion,
        senders: Number(senders),
      }))
    },
  }
}
