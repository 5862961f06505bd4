import type { ApiKeyScope } from '@assay/protocol'

/** Who may call what is not public: the scopes that allow it, and no others. */
export const callers = {
  /** Everything that changes something, unless it is listed below. */
  admin: ['admin'],
  /** What operators may read. */
  read: ['admin', 'read', 'policy'],
  /** Installations, with their bans and traces; a support key sees only those of its apps. */
  lookup: ['admin', 'read', 'support', 'policy'],
  /** The same, where a request says whom it is looking for: it counts as a look-up of every key but an admin's. */
  find: ['admin', 'read', 'support', 'policy'],
  /** Likewise, in all apps at once: the route confines a support key to its apps. */
  search: ['admin', 'read', 'support', 'policy'],
  /** The same where the path names no app: the route confines a support key to its apps (`confine.ts`). */
  confined: ['admin', 'read', 'support', 'policy'],
  /** Bans, forgetting, and letting through; likewise. */
  support: ['admin', 'support'],
  /** Policies. */
  policy: ['admin', 'policy'],
  /** Adding builds; a registration key adds only those of its apps. */
  registration: ['admin', 'registration'],
  /** Reading builds; likewise. */
  builds: ['admin', 'read', 'policy', 'registration'],
} as const satisfies Record<string, readonly ApiKeyScope[]>

export type Caller = keyof typeof callers
