import type { SqliteFile } from '../database/sqlite-driver.ts'
import type { Selectable } from 'kysely'
import { openForReading } from '../data-folder/embedded-database.ts'
import { fromDigest } from '../database/digest-column.ts'
import { createRowMacs, rowKeyName } from '../database/row-macs.ts'
import { createSealing } from '../database/sealing.ts'
import type { Tables } from '../database/tables.ts'
import { StorageError } from '../errors/storage-error.ts'
import { isGenuineAllowed, nameOfAllowed } from '../repositories/allow-entries.repository.ts'
import { secretName } from '../repositories/secrets.repository.ts'

/** What a restored backup would let through, or no longer refuse: the things that change in an incident. */
export interface BackupContents {
  /** Active builds, as `app/id`. */
  builds: Listed
  /** Bans, as `app/kind/id`. */
  bans: Listed
  /** Secrets of developers that are not revoked, as `app/id`, and names of secrets that operators gave. */
  secrets: Listed
  /** Systems whose boot keys were given. */
  boot_keys: Listed
  /** API keys, by id and scope. */
  keys: Listed
  /** Devices on allow lists, as `app/audience/installation`, and those of them that the service did not write. */
  allowed: Listed
  refused: Listed
}

interface Listed {
  number: number
  /** The first thousand. */
  names: string[]
}

const most = 1_000

/** The columns that names are made of; each table has those that its name takes. */
interface NamedRow {
  app: string
  id: string
  kind: string
  name: string
  scope: string
  vouching_key: Uint8Array
  system: string
}

/** Reads what {@link BackupContents} lists. The backup must have been checked. */
export function readBackupContents(backup: string, sealingKey: Uint8Array): BackupContents {
  const database = openForReading(backup)
  try {
    const listed = (from: string, toName: (row: NamedRow) => string): Listed => ({
      number: database.prepare(`select count(*) from ${from}`).pluck().get() as number,
      names: (database.prepare(`select * from ${from} order by 1, 2 limit ${most}`).all() as NamedRow[]).map(
        toName,
      ),
    })
    const developers = listed('development_secrets where revoked_at is null', ({ app, id }) => `${app}/${id}`)
    // The service's own have no colon.
    const given = listed("secrets where name like '%:%'", ({ name }) => name)
    return {
      builds: listed("builds where state = 'active'", ({ app, id }) => `${app}/${id}`),
      bans: listed('bans', ({ app, kind, vouching_key: key }) => `${app}/${kind}/${fromDigest(key)}`),
      secrets: {
        number: developers.number + given.number,
        names: [...developers.names, ...given.names],
      },
      boot_keys: listed('boot_keys', ({ system }) => system),
      keys: listed('api_keys', ({ id, scope }) => `${id} (${scope})`),
      ...allowedIn(database, sealingKey),
    }
  } finally {
    database.close()
  }
}

/** An entry of the audit log that somebody has kept: its number, and its hash or its MAC. */
interface KnownEntry {
  number: number
  hash: string
}

/** Whether a backup is as new as an entry of the audit log. @throws StorageError `STORAGE_BACKUP_OLDER` */
export function checkKnownHead(backup: string, { number, hash }: KnownEntry): void {
  const database: SqliteFile = openForReading(backup)
  try {
    const row = database.prepare('select hash, mac from audit_entries where number = ?').get(number) as
      { hash: string; mac: string } | undefined
    if (row?.hash !== hash && row?.mac !== hash) throw new StorageError('STORAGE_BACKUP_OLDER')
  } finally {
    database.close()
  }
}

function allowedIn(
  database: SqliteFile,
  sealingKey: Uint8Array,
): Pick<BackupContents, 'allowed' | 'refused'> {
  const sealed = database.prepare('select sealed from secrets where name = ?').pluck().get(rowKeyName)
  const key =
    sealed instanceof Uint8Array ? createSealing(sealingKey).open(secretName(rowKeyName), sealed) : undefined
  const macs = key && createRowMacs(key)
  const allowed: string[] = []
  const refused: string[] = []
  const rows = database.prepare('select * from allow_entries order by app, audience, installation').iterate()
  for (const row of rows as Iterable<Selectable<Tables['allow_entries']>>) {
    const name = nameOfAllowed({ ...row, installation: fromDigest(row.installation) })
    ;(macs !== undefined && isGenuineAllowed(macs, row) ? allowed : refused).push(name)
  }
  const listed = (names: string[]) => ({ number: names.length, names: names.slice(0, most) })
  return { allowed: listed(allowed), refused: listed(refused) }
}
