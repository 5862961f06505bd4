import { sql, type Selectable } from 'kysely'
import type { Installation } from '../../attestation/model/installation.ts'
import type { VouchedInstallation } from '../../provisioning/model/ports.ts'
import { fromJson } from '../database/columns.ts'
import { fromDigest } from '../database/digest-column.ts'
import type { EvidencePacking } from '../database/evidence-packing.ts'
import type { PackedEvidence } from '../database/packed-evidence.ts'
import type { Tables } from '../database/tables.ts'

type Row = Selectable<Tables['installations']>

/** A row with its related rows. */
export type InstallationRow = Row & { evidence: PackedEvidence; names: string | null }

/** The value for the selected installation; `null`: it has none. */
export const namesOfIt = sql<
  string | null
>`(select string_agg(cast(name as text), ' ') from installation_names
  where installation = installations.id)`

export async function toInstallation(
  app: string,
  row: InstallationRow,
  { unpack }: Pick<EvidencePacking, 'unpack'>,
): Promise<Installation> {
  return {
    app,
    thumbprint: fromDigest(row.thumbprint),
    versionCode: row.version_code,
    abi: row.abi ?? undefined,
    holderKey: row.holder_key,
    vouchingKey: toVouched(row)[0]?.vouchingKey,
    evidence: await unpack(row.evidence),
    assertion:
      row.assertion_key === null
        ? undefined
        : { key: fromJson(row.assertion_key), counter: row.assertion_counter },
    binding: fromDigest(row.binding),
    names: row.names?.split(' ').map(Number) ?? [],
    createdAt: row.created_at,
  }
}

/** None if no key vouches for it. */
export function toVouched({
  thumbprint,
  vouching_key_kind: kind,
  vouching_key: id,
}: Pick<Row, 'thumbprint' | 'vouching_key_kind' | 'vouching_key'>): VouchedInstallation[] {
  return kind === null || id === null
    ? []
    : [{ thumbprint: fromDigest(thumbprint), vouchingKey: { kind, id: fromDigest(id) } }]
}
