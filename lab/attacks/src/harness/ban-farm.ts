import { createHash } from 'node:crypto'
import path from 'node:path'
import { Sqlite } from '@assay/testkit'

/** A digest as the store keeps it: how its text is encoded, and its bytes. */
const base64url = Buffer.of(2)

/**
 * What the store has after an operator has banned every installation of a farm by its name. It is written to the database, since that
 * many requests would take minutes; the service reads it as it does what another node has written. Exchanges under way could meet
 * it and get 503: an attack that does this must be alone.
 */
export function banFarm(folder: string, app: string, audience: string, count: number): void {
  const database = new Sqlite(path.join(folder, 'assay.sqlite'))
  try {
    const insert = database.prepare(
      `insert into bans (app, kind, vouching_key, audience, created_at) values (?, 'installation-name', ?, ?, ?)`,
    )
    const nameOf = (i: number) =>
      Buffer.concat([base64url, createHash('sha256').update(`farm ${i}`).digest()])
    database.transaction(() => {
      for (let i = 0; i < count; i++) insert.run(app, nameOf(i), audience, Date.now())
    })()
  } finally {
    database.close()
  }
}
