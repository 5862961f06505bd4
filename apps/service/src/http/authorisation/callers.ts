import type { ApiKeyScope } from '@assay/protocol'

/** Who may call what is not public: the scopes that open it, and no others. */
export const callers = {
  /** Everything that changes something, unless it is listed below. */
  admin: ['admin'],
  /** What operators look at. */
  read: ['admin', 'read', 'support', 'policy'],
  /** Bans. */
  support: ['admin', 'support'],
  /** Policies. */
  policy: ['admin', 'policy'],
  /** Adding builds; with a registration key those of its apps. */
  registration: ['admin', 'registration'],
  /** Looking at builds; likewise. */
  builds: ['admin', 'read', 'support', 'policy', 'registration'],
} as const satisfies Record<string, readonly ApiKeyScope[]>

export type Caller = keyof typeof callers
