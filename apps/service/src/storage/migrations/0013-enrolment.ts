import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/**
 * On a database server an enrolment is one statement: a process that stops in the middle of it holds no locks.
 * Installations are found by the names that tokens have for them, and old rows without a full scan.
 */
export const enrolment: SchemaStep = {
  name: '0013-enrolment',
  async up(trx, { text, integer, strict, define }) {
    const { schema } = trx
    await strict(
      schema
        .createTable('installation_names')
        .addColumn('app', text, (column) => column.notNull())
        .addColumn('thumbprint', text, (column) => column.notNull())
        .addColumn('name', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('installation_names_key', ['app', 'thumbprint', 'name'])
        .addForeignKeyConstraint(
          'installation_names_of',
          ['app', 'thumbprint'],
          'installations',
          ['app', 'thumbprint'],
          (constraint) => constraint.onDelete('cascade'),
        ),
    ).execute()
    await schema
      .createIndex('installation_names_by_name')
      .on('installation_names')
      .columns(['name', 'app'])
      .execute()
    await schema.createIndex('anchor_enrolments_by_day').on('anchor_enrolments').column('day').execute()
    await strict(
      schema
        .createTable('signs_of_life')
        .addColumn('id', integer, (column) => column.primaryKey().notNull())
        .addColumn('seen_at', integer, (column) => column.notNull()),
    ).execute()
    await define(trx, enrolInstallation)
  },
}

/**
 * The locks come before the first reading: of two enrolments with one vouching key, or of one installation, one sees
 * what the other wrote. Each statement of a volatile function reads what is committed by then.
 */
const enrolInstallation = sql`
create function enrol_installation(
  for_app text, of_thumbprint text, by_kind text, by_anchor text, is_vouched_anew boolean, per_day bigint,
  unvouched_per_day bigint, on_day bigint, with_version_code bigint, with_abi text, with_holder_key text,
  with_evidence text, with_assertion_key text, with_assertion_counter bigint, with_receipt bytea, to_ask_at bigint,
  with_binding text, at_time bigint, with_names bigint[]
) returns text language plpgsql set search_path from current as $$
declare
  known_version bigint;
  is_counted boolean := case when by_kind is null then unvouched_per_day is not null else is_vouched_anew end;
  counted_kind text := coalesce(by_kind, 'none');
  counted_anchor text := coalesce(by_anchor, '');
  counted_limit bigint := case when by_kind is null then unvouched_per_day else per_day end;
begin
  perform pg_advisory_xact_lock(hashtextextended(for_app || '|' || of_thumbprint, 1));
  if is_counted then
    perform pg_advisory_xact_lock(hashtextextended(for_app || '|' || counted_kind || '|' || counted_anchor, 2));
  end if;
  select version_code into known_version from installations where app = for_app and thumbprint = of_thumbprint;
  if known_version > with_version_code then
    return 'older_build';
  end if;
  if is_counted and (by_kind is not null or known_version is null) then
    if counted_limit is null then
      delete from installations
        where app = for_app and anchor_kind = by_kind and anchor = by_anchor and thumbprint <> of_thumbprint;
    elsif counted_limit <= (
      select count(*) from anchor_enrolments
        where app = for_app and kind = counted_kind and anchor = counted_anchor and day = on_day
          and thumbprint <> of_thumbprint
    ) then
      return case when by_kind is null then 'unvouched_spent' else 'vouching_key_spent' end;
    end if;
    insert into anchor_enrolments (app, kind, anchor, day, thumbprint)
      values (for_app, counted_kind, counted_anchor, on_day, of_thumbprint) on conflict do nothing;
  end if;
  insert into installations (
    app, thumbprint, version_code, abi, holder_key, anchor_kind, anchor, evidence, assertion_key, assertion_counter,
    receipt, ask_at, binding, created_at, seen_at
  ) values (
    for_app, of_thumbprint, with_version_code, with_abi, with_holder_key, by_kind, by_anchor, with_evidence,
    with_assertion_key, with_assertion_counter, with_receipt, to_ask_at, with_binding, at_time, at_time
  ) on conflict (app, thumbprint) do update set
    version_code = excluded.version_code, abi = excluded.abi, holder_key = excluded.holder_key,
    anchor_kind = excluded.anchor_kind, anchor = excluded.anchor, evidence = excluded.evidence,
    assertion_key = excluded.assertion_key, assertion_counter = excluded.assertion_counter,
    receipt = excluded.receipt, ask_at = excluded.ask_at, binding = excluded.binding, seen_at = excluded.seen_at;
  insert into installation_names (app, thumbprint, name)
    select for_app, of_thumbprint, unnest(with_names) on conflict do nothing;
  return 'ok';
end $$`
