import type { AuditEntry, ListedAuditEntry } from '@assay/protocol/schemas'
import type { ServiceUnderTest } from './running-service.ts'

/** The newest entries of the audit log, each read by its number: with what was before and after. */
export async function auditEntries(
  service: Pick<ServiceUnderTest, 'call'>,
  query = '',
): Promise<AuditEntry[]> {
  const { entries } = (await service.call('GET', `/v1/audit?${query}`)).json as {
    entries: ListedAuditEntry[]
  }
  const whole: AuditEntry[] = []
  for (const { number } of entries) whole.push((await service.call('GET', `/v1/audit/${number}`)).json)
  return whole
}
