import { sql } from 'kysely'
import type { SchemaDatabase } from '../step/migration.ts'
import type { SchemaDialect } from '../step/schema-dialect.ts'

/** On a database server an enrolment is one statement: a process that stops in the middle of it holds no locks. */
export function createEnrolFunction(db: SchemaDatabase, { define }: SchemaDialect): Promise<void> {
  return define(db, enrolInstallation)
}

/**
 * The locks come before the first reading: of two enrolments with one vouching key, or of one installation, one sees
 * what the other wrote. Each statement of a volatile function reads what is committed by then.
 */
const enrolInstallation = sql`
create function enrol_installation(
  for_app text, of_thumbprint bytea, by_kind text, by_vouching_key bytea, is_vouched_anew boolean, per_day bigint,
  unvouched_per_day bigint, on_day bigint, with_version_code bigint, with_abi text, with_holder_key text,
  with_formats text, with_evidence bytea, with_assertion_key text, with_assertion_counter bigint, with_receipt bytea,
  to_ask_at bigint, with_binding bytea, at_time bigint, with_names bigint[], with_said_device text
) returns text language plpgsql set search_path from current as $$
declare
  app_number bigint;
  formats_number bigint;
  installation_id bigint;
  known_version bigint;
  is_counted boolean := case when by_kind is null then unvouched_per_day is not null else is_vouched_anew end;
  counted_kind text := coalesce(by_kind, 'none');
  counted_vouching_key bytea := coalesce(by_vouching_key, '\\x00'::bytea);
  counted_limit bigint := case when by_kind is null then unvouched_per_day else per_day end;
begin
  perform pg_advisory_xact_lock(hashtextextended(for_app || '|' || encode(of_thumbprint, 'hex'), 1));
  if is_counted then
    perform pg_advisory_xact_lock(
      hashtextextended(for_app || '|' || counted_kind || '|' || encode(counted_vouching_key, 'hex'), 2));
  end if;
  select number into app_number from app_numbers where app = for_app;
  if app_number is null then
    insert into app_numbers (app) values (for_app) on conflict do nothing;
    select number into app_number from app_numbers where app = for_app;
  end if;
  select version_code into known_version from installations where app = app_number and thumbprint = of_thumbprint;
  if known_version > with_version_code then
    return 'older_build';
  end if;
  if is_counted and (by_kind is not null or known_version is null) then
    if counted_limit is null then
      delete from installations
        where app = app_number and vouching_key = by_vouching_key and vouching_key_kind = by_kind
          and thumbprint <> of_thumbprint;
    elsif counted_limit <= (
      select count(*) from enrolments
        where day = on_day and app = app_number and vouching_key = counted_vouching_key and kind = counted_kind
          and thumbprint <> of_thumbprint
    ) then
      return case when by_kind is null then 'unvouched_spent' else 'vouching_key_spent' end;
    end if;
    insert into enrolments (day, app, vouching_key, kind, thumbprint)
      values (on_day, app_number, counted_vouching_key, counted_kind, of_thumbprint) on conflict do nothing;
  end if;
  select number into formats_number from format_sets where formats = with_formats;
  if formats_number is null then
    insert into format_sets (formats) values (with_formats) on conflict do nothing;
    select number into formats_number from format_sets where formats = with_formats;
  end if;
  insert into installations (
    app, created_at, version_code, assertion_counter, seen_on, formats, thumbprint, binding, vouching_key,
    vouching_key_kind, holder_key, abi, assertion_key
  ) values (
    app_number, at_time, with_version_code, with_assertion_counter, on_day, formats_number, of_thumbprint,
    with_binding, by_vouching_key, by_kind, with_holder_key, with_abi, with_assertion_key
  ) on conflict (app, thumbprint) do update set
    version_code = excluded.version_code, assertion_counter = excluded.assertion_counter, seen_on = excluded.seen_on,
    formats = excluded.formats, binding = excluded.binding, vouching_key = excluded.vouching_key,
    vouching_key_kind = excluded.vouching_key_kind, holder_key = excluded.holder_key, abi = excluded.abi,
    assertion_key = excluded.assertion_key
  returning id into installation_id;
  insert into installation_evidence (installation, evidence, receipt, ask_at, said_device)
    values (installation_id, with_evidence, with_receipt, to_ask_at, with_said_device)
    on conflict (installation) do update set
      evidence = excluded.evidence, receipt = excluded.receipt, ask_at = excluded.ask_at,
      said_device = excluded.said_device;
  insert into installation_names (name, installation)
    select unnest(with_names), installation_id on conflict do nothing;
  return 'ok';
end $$`
