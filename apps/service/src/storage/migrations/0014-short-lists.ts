import { sql, type RawBuilder } from 'kysely'
import type { SchemaDatabase, SchemaStep } from './migration.ts'
import type { SchemaDialect } from './schema-dialect.ts'

/** Indexes for what used to be counted or searched by scanning whole tables: storage works on the calling thread. */
export const shortLists: SchemaStep = {
  name: '0014-short-lists',
  async up(db, { kind, text, strict }) {
    const { schema } = db
    await strict(
      schema
        .createTable('api_origins')
        .addColumn('origin', text, (column) => column.notNull())
        .addColumn('audience', text, (column) =>
          column.notNull().references('apis.audience').onDelete('cascade'),
        )
        .addPrimaryKeyConstraint('api_origins_key', ['origin', 'audience']),
    ).execute()
    await schema.createIndex('api_origins_by_audience').on('api_origins').column('audience').execute()
    await copyOrigins(db)
    await schema
      .createIndex('attestation_traces_by_kind')
      .on('attestation_traces')
      .columns(['app', 'build', 'outcome', 'code', 'happened_at'])
      .execute()
    await schema
      .alterTable('installations')
      .addColumn('formats', text, (column) => column.notNull().defaultTo(''))
      .execute()
    for (const statement of formatsIn[kind]) await statement.execute(db)
    await schema
      .createIndex('installations_by_formats')
      .on('installations')
      .columns(['app', 'formats', 'seen_at'])
      .execute()
  },
}

async function copyOrigins(db: SchemaDatabase): Promise<void> {
  const { rows } = await sql<{
    audience: string
    origins: string
  }>`select audience, origins from apis`.execute(db)
  for (const { audience, origins } of rows) {
    for (const origin of new Set(JSON.parse(origins) as string[]))
      await sql`insert into api_origins (origin, audience) values (${origin}, ${audience})`.execute(db)
  }
}

const embedded = `coalesce((
  select group_concat(format, ' ') from (
    select distinct item.value ->> '$.format' as format from json_each(evidence) as item order by 1
  )), '')`

/** The database keeps `formats` in step with `evidence`, whoever writes it. */
const formatsIn: Record<SchemaDialect['kind'], readonly RawBuilder<unknown>[]> = {
  sqlite: [
    sql.raw(`update installations set formats = ${embedded}`),
    ...['insert', 'update of evidence'].map((event) =>
      sql.raw(`create trigger installations_formats_after_${event.slice(0, 6)} after ${event} on installations begin
        update installations set formats = ${embedded} where app = new.app and thumbprint = new.thumbprint;
      end`),
    ),
  ],
  postgres: [
    sql`create function formats_of(evidence text) returns text language sql immutable as $$
      select coalesce(string_agg(distinct item ->> 'format', ' ' order by item ->> 'format'), '')
        from json_array_elements(evidence::json) as item
    $$`,
    sql`create function note_formats() returns trigger language plpgsql set search_path from current as $$
    begin
      new.formats := formats_of(new.evidence);
      return new;
    end $$`,
    sql`update installations set formats = formats_of(evidence)`,
    sql`create trigger installations_formats before insert or update of evidence on installations
      for each row execute function note_formats()`,
  ],
}
