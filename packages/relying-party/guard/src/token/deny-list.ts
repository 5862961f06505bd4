import { answeredWithin, asBoolean, type Eventually } from '../faults/malfunction.ts'
import { knownMembers, misuse, oneOf } from '../faults/misuse.ts'
import type { AttestedApp } from './token-claims.ts'

/** Stops tokens before they expire. It is consulted for every request, so it should answer from memory. */
export interface DenyList {
  denies(attested: AttestedApp): Eventually<boolean>
}

/** What can be denied. A build is named within its app, because build ids are unique only there. */
export type DenyEntry =
  | { kind: 'jti' | 'jkt' | 'installation' | 'app'; value: string }
  | { kind: 'build'; app: string; value: string }

/** A {@link DenyList} in memory. */
export interface LocalDenyList extends DenyList {
  denies(attested: AttestedApp): boolean
  /** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an entry that would deny nothing */
  add(entry: DenyEntry): void
  /** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an entry that could not have been added */
  remove(entry: DenyEntry): void
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function createDenyList(entries: readonly DenyEntry[] = []): LocalDenyList {
  const given: unknown = entries
  if (!Array.isArray(given)) throw misuse('entries', 'an array')
  const denied = new Set(entries.map((entry) => keyOf(checkEntry(entry))))
  return {
    denies: ({ jti, jkt, installation, app, build }) =>
      denied.size > 0 &&
      (denied.has(keyOf({ kind: 'jti', value: jti })) ||
        (jkt !== null && denied.has(keyOf({ kind: 'jkt', value: jkt }))) ||
        denied.has(keyOf({ kind: 'installation', value: installation })) ||
        denied.has(keyOf({ kind: 'app', value: app })) ||
        denied.has(keyOf({ kind: 'build', app, value: build }))),
    add: (entry) => void denied.add(keyOf(checkEntry(entry))),
    remove: (entry) => void denied.delete(keyOf(checkEntry(entry))),
  }
}

/** No part may contain a space, so no two entries share a key. */
function keyOf(entry: DenyEntry): string {
  return entry.kind === 'build' ? `build ${entry.app} ${entry.value}` : `${entry.kind} ${entry.value}`
}

const kinds = ['jti', 'jkt', 'installation', 'app', 'build'] as const satisfies DenyEntry['kind'][]

function checkEntry(entry: DenyEntry): DenyEntry {
  const common = { kind: true, value: true }
  const isBuild = oneOf('kind', (entry as Partial<DenyEntry> | undefined)?.kind, kinds) === 'build'
  knownMembers('an entry', entry, isBuild ? { ...common, app: true } : common)
  const names = entry.kind === 'build' ? { value: entry.value, app: entry.app } : { value: entry.value }
  for (const [name, text] of Object.entries<unknown>(names)) {
    if (typeof text !== 'string' || text === '') throw misuse(name, 'text, as in the tokens')
  }
  return entry
}

/** `timeout` is in milliseconds. @throws GuardMalfunction (`DENY_LIST_FAILED`) */
export async function isDenied(denyList: DenyList, timeout: number, attested: AttestedApp): Promise<boolean> {
  return asBoolean(
    'DENY_LIST_FAILED',
    await answeredWithin('DENY_LIST_FAILED', timeout, () => denyList.denies(attested)),
  )
}
