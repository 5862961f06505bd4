import { CompiledQuery } from 'kysely'
import { expect, it } from 'vitest'
import { createStatusRepository } from '../../src/storage/repositories/status.repository.ts'
import { recordedQueries } from './support/recorded-queries.ts'
import { sqliteWorld } from './support/sqlite-world.ts'

const world = sqliteWorld()

it('SQLite finds recent bans by their time, and what they ban by key, however many there are', async () => {
  const { db } = await world.open()
  const range = { from: 1, until: 2, now: 3, reach: 4 }
  const queries = await recordedQueries((recording) => {
    const status = createStatusRepository({ db: recording })
    return [
      status.banSlices(range, 5),
      status.banned(['com.example', 'com.other'], range),
      status.bannedNames(['com.example'], 'https://api.example.com', range),
    ]
  })
  const ofBans: string[] = []
  for (const { sql, parameters } of queries) {
    const { rows } = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    const steps = rows.map(({ detail }) => detail).filter((detail) => /^(?:SCAN|SEARCH) \w/.test(detail))
    const scanned = steps.filter((step) => step.startsWith('SCAN '))
    for (const step of scanned) expect(['SCAN recent', 'SCAN named']).toContain(step)
    for (const step of steps.filter((one) => one.startsWith('SEARCH installations')))
      expect(step).toContain('vouching_key=?')
    ofBans.push(...steps.filter((step) => / bans /.test(step)))
  }
  expect(ofBans).toHaveLength(5)
  for (const step of ofBans) expect(step).toContain('bans_by_time (created_at>? AND created_at<?)')
  expect(ofBans[0]).toContain('COVERING INDEX')
})
