import { useQuery } from '@tanstack/react-query'
import type { ApiKeyScope } from '@assay/protocol'
import { sessionQuery } from '../api/session.ts'

/**
 * Whether the key of the session may do what these scopes, and admin keys, may do. The service decides; this only
 * hides controls.
 */
export function useMay(...scopes: ApiKeyScope[]): boolean {
  const { data } = useQuery(sessionQuery)
  const scope = data?.key.scope
  return scope === 'admin' || (scope !== undefined && scopes.includes(scope))
}
