import { useCallback, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { ApiKeyScope } from '@assay/protocol'
import type { Ban } from '@assay/protocol/schemas'
import { sessionQuery } from '../api/session.ts'

/**
 * Whether the key of the session may do what these scopes, and admin keys, may do. The service decides; this only
 * hides controls. The answer outlasts the session: a page that waits for the same key would lose its forms otherwise.
 */
export function useMay(...scopes: ApiKeyScope[]): boolean {
  const scope = useOwnKey()?.scope
  return scope === 'admin' || (scope !== undefined && scopes.includes(scope))
}

/** Whether it may let an installation through for a day; of support only keys that were made for it. */
export function useMayLetThrough(): boolean {
  const key = useOwnKey()
  return key?.scope === 'admin' || (key?.scope === 'support' && key.let_through)
}

/** Whether it may lift a ban: of support only bans of support, since those of an operator are none of theirs. */
export function useMayLift(): (ban: Pick<Ban, 'by_support'>) => boolean {
  const scope = useOwnKey()?.scope
  return useCallback((ban) => scope === 'admin' || (scope === 'support' && ban.by_support), [scope])
}

/** Apps that a support key is confined to; undefined: it sees all, and more than installations. */
export function useConfined(): readonly string[] | undefined {
  const key = useOwnKey()
  return key?.scope === 'support' ? key.apps : undefined
}

function useOwnKey() {
  const now = useQuery(sessionQuery).data?.key
  const [key, setKey] = useState(now)
  if (now !== undefined && now !== key) setKey(now)
  return key
}
