import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import { StorageError } from '../errors/storage-error.ts'

/** Tables with fewer rights than all others: what stands in them is never changed. */
const fewer = { audit_entries: 'select, insert', schema_steps: 'select' } as const

/**
 * Gives a database role what the service needs to serve, and takes back what it had besides: it reads and writes rows, but
 * changes neither the schema nor an entry of the audit log. The caller owns the tables.
 *
 * @throws StorageError `STORAGE_ROLE`: there is no such role, or it could act as the owner anyway
 */
export async function grantRights(trx: Database, role: string): Promise<void> {
  await checkRole(trx, role)
  const to = sql.id(role)
  const { rows } = await sql<{ name: string; kind: 'table' | 'sequence' }>`
    select c.relname as name, case c.relkind when 'S' then 'sequence' else 'table' end as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p', 'S') and pg_has_role(c.relowner, 'usage')
    order by 2, 1`.execute(trx)
  const { rows: schemas } = await sql<{ name: string }>`select current_schema() as name`.execute(trx)
  for (const { name } of schemas) await sql`grant usage on schema ${sql.id(name)} to ${to}`.execute(trx)
  for (const { name, kind } of rows) {
    const on = kind === 'sequence' ? sql`sequence ${sql.id(name)}` : sql.id(name)
    await sql`revoke all on ${on} from ${to}`.execute(trx)
    await sql`grant ${sql.raw(rightsOn(name, kind))} on ${on} to ${to}`.execute(trx)
  }
}

function rightsOn(name: string, kind: 'table' | 'sequence'): string {
  if (kind === 'sequence') return 'usage'
  return name in fewer ? fewer[name as keyof typeof fewer] : 'select, insert, update, delete'
}

async function checkRole(trx: Database, role: string): Promise<void> {
  const { rows } = await sql<{ acts: boolean }>`
    select rolsuper or pg_has_role(oid, current_user, 'member') as acts
    from pg_roles where rolname = ${role}`.execute(trx)
  if (rows[0] === undefined) throw new StorageError('STORAGE_ROLE', `there is no database role ${role}`)
  if (rows[0].acts)
    throw new StorageError('STORAGE_ROLE', `the database role ${role} may act as the owner of the tables`)
}
