import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/session.ts'
import { Loading, Problem } from '../ui/states.tsx'
import { SignIn } from './sign-in.tsx'

/** What needs a session, or the way to one. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery)
  if (session.isPending) return <Loading label="Opening the console" />
  if (session.isError)
    return (
      <main className="lone">
        <Problem error={session.error} retry={() => void session.refetch()} />
      </main>
    )
  return session.data === null ? <SignIn /> : <>{children}</>
}
