import type { Build, BuildSummary, BuildVariant } from '@assay/protocol/schemas'
import type { Selectable } from 'kysely'
import type { BuildInsertOptions } from '../../provisioning/model/ports.ts'
import { fromJson, toFlag, toJson, toMillis, toTime } from '../database/columns.ts'
import type { Tables } from '../database/tables.ts'

export function toRow(
  build: Build,
  { manifest = null, uploadSigner, authority }: BuildInsertOptions,
): Tables['builds'] {
  return {
    app: build.app,
    id: build.id,
    format: build.format,
    package: build.package,
    version_name: build.version_name,
    version_code: build.version_code,
    min_sdk: build.min_sdk,
    target_sdk: build.target_sdk,
    debuggable: toFlag(build.debuggable),
    signers: toJson(build.signers),
    schemes: toJson(build.schemes),
    framework: build.framework,
    sdk: build.sdk,
    upload_signer: uploadSigner ?? null,
    sdk_manifest: manifest === null ? null : toJson(manifest),
    coverage: build.coverage,
    channel: build.channel,
    expires_at: build.expires_at === null ? null : toMillis(build.expires_at),
    difference_until: build.difference_until === null ? null : toMillis(build.difference_until),
    base: build.base,
    splits: build.splits === null ? null : toJson(build.splits),
    image_digest: build.image_digest,
    warnings: toJson(build.warnings),
    state: build.state,
    retired_at: null,
    created_at: toMillis(build.created_at),
    last_seen_at: null,
    registered_by: authority?.keys[0] ?? null,
    first_ended_at: null,
  }
}

/** All columns but the manifest, which is as large as all the rest. */
export const summaryColumns = [
  'app',
  'id',
  'format',
  'package',
  'version_name',
  'version_code',
  'min_sdk',
  'target_sdk',
  'debuggable',
  'signers',
  'schemes',
  'framework',
  'sdk',
  'coverage',
  'channel',
  'expires_at',
  'difference_until',
  'base',
  'splits',
  'image_digest',
  'warnings',
  'state',
  'created_at',
  'first_ended_at',
] as const satisfies readonly (keyof Tables['builds'])[]

export type SummaryRow = Pick<Selectable<Tables['builds']>, (typeof summaryColumns)[number]>

export function toSummary(row: SummaryRow, variants: readonly VariantRow[]): BuildSummary {
  return {
    app: row.app,
    id: row.id,
    format: row.format,
    package: row.package,
    version_name: row.version_name,
    version_code: row.version_code,
    min_sdk: row.min_sdk,
    target_sdk: row.target_sdk,
    debuggable: row.debuggable === 1,
    signers: fromJson(row.signers),
    schemes: fromJson(row.schemes),
    framework: row.framework,
    sdk: row.sdk,
    coverage: row.coverage,
    channel: row.channel,
    expires_at: row.expires_at === null ? null : toTime(row.expires_at),
    difference_until: row.difference_until === null ? null : toTime(row.difference_until),
    base: row.base,
    splits: row.splits === null ? null : fromJson(row.splits),
    image_digest: row.image_digest,
    warnings: fromJson(row.warnings),
    state: row.state,
    created_at: toTime(row.created_at),
    variants: variants.map(toVariant),
    first_ended_at: row.first_ended_at === null ? null : toTime(row.first_ended_at),
  }
}

/** All columns of a variant but the manifest. */
export const variantColumns = [
  'app',
  'build',
  'name',
  'number',
  'format',
  'framework',
  'sdk',
  'image_digest',
  'state',
  'created_at',
  'signers',
  'schemes',
  'warnings',
  'shapes',
  'splits',
] as const satisfies readonly (keyof Tables['build_variants'])[]

export type VariantRow = Pick<Selectable<Tables['build_variants']>, (typeof variantColumns)[number]>

function toVariant(row: VariantRow): BuildVariant {
  return {
    name: row.name,
    format: row.format,
    framework: row.framework,
    sdk: row.sdk,
    signers: fromJson(row.signers),
    schemes: fromJson(row.schemes),
    splits: row.splits === null ? null : fromJson(row.splits),
    image_digest: row.image_digest,
    shapes: fromJson(row.shapes),
    warnings: fromJson(row.warnings),
    state: row.state,
    number: row.number,
    created_at: toTime(row.created_at),
  }
}
