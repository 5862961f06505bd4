import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { ApiKeyScope } from '@assay/protocol'
import { sessionQuery } from '../api/session.ts'

/**
 * Whether the key of the session may do what these scopes, and admin keys, may do. The service decides; this only
 * hides controls. The answer outlasts the session: a page that waits for the same key would lose its forms otherwise.
 */
export function useMay(...scopes: ApiKeyScope[]): boolean {
  const now = useQuery(sessionQuery).data?.key.scope
  const [scope, setScope] = useState(now)
  if (now !== undefined && now !== scope) setScope(now)
  return scope === 'admin' || (scope !== undefined && scopes.includes(scope))
}
