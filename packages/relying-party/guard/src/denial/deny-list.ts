import type { Eventually } from '../crypto/guard-crypto.ts'
import type { Attested } from '../decision/decision.ts'

/** Stops tokens before they expire. Asked for every request, so it should answer from memory. */
export interface DenyList {
  denies(attested: Attested): Eventually<boolean>
}

/** What can be denied. A build is named within its app, because build ids are unique only there. */
export type DenyEntry =
  | { kind: 'jti' | 'jkt' | 'installation' | 'app'; value: string }
  | { kind: 'build'; app: string; value: string }

/** A {@link DenyList} in memory. */
export interface LocalDenyList extends DenyList {
  denies(attested: Attested): boolean
  add(entry: DenyEntry): void
  remove(entry: DenyEntry): void
}

export function createDenyList(entries: readonly DenyEntry[] = []): LocalDenyList {
  const denied = new Set(entries.map(keyOf))
  return {
    denies: ({ jti, jkt, installation, app, build }) =>
      denied.size > 0 &&
      (denied.has(keyOf({ kind: 'jti', value: jti })) ||
        denied.has(keyOf({ kind: 'jkt', value: jkt })) ||
        denied.has(keyOf({ kind: 'installation', value: installation })) ||
        denied.has(keyOf({ kind: 'app', value: app })) ||
        denied.has(keyOf({ kind: 'build', app, value: build }))),
    add: (entry) => void denied.add(keyOf(entry)),
    remove: (entry) => void denied.delete(keyOf(entry)),
  }
}

/** No part may hold a space, so no two entries share a key. */
function keyOf(entry: DenyEntry): string {
  return entry.kind === 'build' ? `build ${entry.app} ${entry.value}` : `${entry.kind} ${entry.value}`
}
