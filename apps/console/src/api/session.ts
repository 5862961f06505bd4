import { queryOptions } from '@tanstack/react-query'
import type { ApiKey } from '@assay/protocol/schemas'
import { ApiProblem, call, send } from './client.ts'

export interface Session {
  key: Pick<ApiKey, 'id' | 'name' | 'scope' | 'apps' | 'let_through'>
  /** RFC 3339. */
  ends_at: string
}

/** Milliseconds between two checks whether the session is still valid. */
const look = 60_000

/** null: nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await call<Session>('GET', 'session', { signal, background: true })
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
  refetchInterval: look,
  staleTime: look,
})

export const signIn = (key: string): Promise<Session> => send('POST', 'session', { body: { key } })

/** A session that has ended on its own is as good. @throws ApiProblem The session may still be valid. */
export async function signOut(): Promise<void> {
  try {
    await send('DELETE', 'session')
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 401)) throw error
  }
}
