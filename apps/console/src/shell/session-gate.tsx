import { Activity, useEffect, useState, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/session.ts'
import { Offline, Outdated, Problem } from '../ui/states.tsx'
import { SignIn } from './sign-in.tsx'

/** As in the page that the service sends, so that nothing moves when the script takes over. */
function Opening() {
  return (
    <main className="opening loading">
      <h1>Assay console</h1>
      <p role="status">Opening the console</p>
      <span />
      <span />
    </main>
  )
}

/**
 * Shows what needs a session, or the way to one. What somebody was at work on when the session ended waits for the same
 * key: it is in the document, not displayed, and requests nothing. For another key the whole page loads anew.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery)
  const key = session.data?.key.id
  const [owner, setOwner] = useState(key)
  if (owner === undefined && key !== undefined) setOwner(key)
  const isOthers = owner !== undefined && key !== undefined && key !== owner
  useEffect(() => {
    if (isOthers) window.location.reload()
  }, [isOthers])
  const retry = () => void session.refetch()
  if (session.data === undefined && session.isError)
    return (
      <main className="lone">
        <Problem error={session.error} retry={retry} />
      </main>
    )
  if (session.data === undefined || isOthers) return <Opening />
  const isOver = session.data === null
  return (
    <>
      {isOver ? <SignIn /> : null}
      <Offline />
      {session.isError && !isOver ? <Outdated error={session.error} retry={retry} /> : null}
      {owner === undefined ? null : <Activity mode={isOver ? 'hidden' : 'visible'}>{children}</Activity>}
    </>
  )
}
