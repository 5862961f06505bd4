import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/session.ts'
import { Loading, Outdated, Problem } from '../ui/states.tsx'
import { SignIn } from './sign-in.tsx'

/** Shows what needs a session, or the way to one. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery)
  const retry = () => void session.refetch()
  if (session.data === undefined)
    return session.isError ? (
      <main className="lone">
        <Problem error={session.error} retry={retry} />
      </main>
    ) : (
      <Loading label="Opening the console" />
    )
  if (session.data === null) return <SignIn />
  return (
    <>
      {session.isError ? <Outdated error={session.error} retry={retry} /> : null}
      {children}
    </>
  )
}
