import type { ApiKeyScope } from '@assay/protocol'

/** Who may call what is not public: the scopes that allow it, and no others. */
export const callers = {
  /** Everything that changes something, unless it is listed below. */
  admin: ['admin'],
  /** What operators may read. */
  read: ['admin', 'read', 'support', 'policy'],
  /** Bans. */
  support: ['admin', 'support'],
  /** Policies. */
  policy: ['admin', 'policy'],
  /** Adding builds; a registration key adds only those of its apps. */
  registration: ['admin', 'registration'],
  /** Reading builds; likewise. */
  builds: ['admin', 'read', 'support', 'policy', 'registration'],
} as const satisfies Record<string, readonly ApiKeyScope[]>

export type Caller = keyof typeof callers
