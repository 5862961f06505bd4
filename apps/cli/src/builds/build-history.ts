import type { ListedAuditEntry } from '@assay/protocol/schemas'
import { CliError } from '../faults/cli-error.ts'
import type { ServiceClient } from '../service-client/service-client.ts'

/** What was done to a build, the oldest first. */
export type BuildHistory = Pick<ListedAuditEntry, 'number' | 'at' | 'key' | 'key_name' | 'action'>[]

/** Acts, at most: a build that has seen more shows the newest of them. */
const most = 100

/**
 * The history of a build, by the audit log; `null` for a key that may not read it.
 *
 * An id can be free again after a build was removed: what was done to the one before is part of the history.
 */
export async function readBuildHistory(
  service: Pick<ServiceClient, 'some'>,
  app: string,
  id: string,
): Promise<BuildHistory | null> {
  const query = new URLSearchParams({ object: `${app}/${id}` })
  try {
    const entries = await service.some<ListedAuditEntry>(`v1/audit?${query.toString()}`, 'entries', most)
    return entries
      .map(({ number, at, key, key_name, action }) => ({ number, at, key, key_name, action }))
      .reverse()
  } catch (error) {
    if (error instanceof CliError && error.code === 'scope_insufficient') return null
    throw error
  }
}

/** Each act in words, with its time and its author. */
export function historyRows(history: BuildHistory): [at: string, what: string, by: string][] {
  let isRegistered = false
  return history.map(({ at, key, key_name: name, action }) => {
    const what =
      action === 'build.add' && isRegistered
        ? 'registered again, by a key that vouches for it'
        : (words[action] ?? action)
    if (action === 'build.add') isRegistered = true
    if (action === 'build.remove') isRegistered = false
    return [at, what, `${name} (${key ?? 'at the machine itself'})`]
  })
}

const words: Readonly<Record<string, string>> = {
  'build.add': 'registered',
  'build.activate': 'activated',
  'build.retire': 'retired',
  'build.restore': 'taken back',
  'build.update': 'changed',
  'build.remove': 'removed',
  'build.add-variant': 'variant registered',
  'build.activate-variant': 'variant activated',
  'build.end-variant': 'variant ended',
}
