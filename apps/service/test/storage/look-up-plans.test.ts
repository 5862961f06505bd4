import { CompiledQuery, type Kysely } from 'kysely'
import { expect, it } from 'vitest'
import type { Tables } from '../../src/storage/database/tables.ts'
import { createKnownInstallationRepository } from '../../src/storage/repositories/known-installations.repository.ts'
import { createTraceRepository } from '../../src/storage/repositories/traces.repository.ts'
import { recordedQueries } from './support/recorded-queries.ts'
import { sqliteWorld } from './support/sqlite-world.ts'

const world = sqliteWorld()
const app = 'com.example.app'
const key = 'A'.repeat(43)

/** Each look-up, with the only searches that it may begin with: whatever else grows with the app. */
const lookUps: Readonly<
  Record<string, { ask: (db: Kysely<Tables>) => Promise<unknown>; by: readonly string[] }>
> = {
  name: {
    ask: (db) => createKnownInstallationRepository({ db }).keysNamed(app, 7),
    by: ['(name=?)', '(name=?)'],
  },
  reference: {
    ask: (db) => createKnownInstallationRepository({ db }).keysOfReference(app, new Uint8Array(15), 1, 20),
    by: ['(reference=?)', '(reference=? AND app=? AND happened_at>?)'],
  },
  key: {
    ask: (db) => createKnownInstallationRepository({ db }).known(app, [key]),
    by: ['(app=? AND thumbprint=?)', '(thumbprint=? AND app=?)'],
  },
  trace: { ask: (db) => createTraceRepository({ db }).find('T'), by: ['(trace=?)'] },
  'traces of a key': {
    ask: (db) => createTraceRepository({ db }).list({ app, key }, { after: undefined, limit: 20 }),
    by: ['(thumbprint=? AND app=?)'],
  },
  'newest traces': {
    ask: (db) => createKnownInstallationRepository({ db }).traces(app, key, 20),
    by: ['(thumbprint=? AND app=?)'],
  },
  refusals: {
    ask: (db) => createKnownInstallationRepository({ db }).refusals(app, key, 20),
    by: ['(thumbprint=? AND app=?)'],
  },
  builds: {
    ask: (db) => createKnownInstallationRepository({ db }).buildsTraced(app, key, 20),
    by: ['(thumbprint=? AND app=?)'],
  },
  'keys of one vouching key': {
    ask: (db) =>
      createKnownInstallationRepository({ db }).vouchedBy(app, { kind: 'android-device', id: key }, key, 20),
    by: ['(app=? AND vouching_key=?)'],
  },
}

it.each(Object.keys(lookUps))('SQLite looks up by %s without going through all of the app', async (name) => {
  const { ask, by } = lookUps[name] as (typeof lookUps)[string]
  const { db } = await world.open()
  const queries = await recordedQueries((recording) => [ask(recording)])
  const first: string[] = []
  for (const { sql, parameters } of queries) {
    const { rows } = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    const steps = rows.map(({ detail }) => detail)
    expect(steps.filter((step) => step.startsWith('SCAN '))).toEqual([])
    first.push(/\(.*\)$/.exec(steps[0] ?? '')?.[0] ?? '')
  }
  expect(first).toEqual(by)
})
