import { useEffect, useId, useRef, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { live } from '../api/live.ts'
import { signIn } from '../api/session.ts'
import { Problem } from '../ui/states.tsx'
import { Brand } from './brand.tsx'

export function SignIn() {
  const [key, setKey] = useState('')
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: () => signIn(key.trim()),
    onSuccess: async (session) => {
      // A request that is pending without the session would end it.
      await queries.cancelQueries()
      live.forget()
      queries.setQueryData(['session'], session)
    },
    onError: () => input.current?.focus(),
  })
  useEffect(() => {
    document.title = 'Sign in · Assay console'
    input.current?.focus()
  }, [])
  return (
    <main className="lone">
      <div className="card sign-in">
        <Brand />
        <h1>Sign in</h1>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            work.mutate()
          }}
        >
          <label htmlFor={id}>API key</label>
          <input
            ref={input}
            id={id}
            className="input mono"
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="assay_…"
            value={key}
            aria-describedby={`${id}-hint`}
            onChange={(event) => setKey(event.target.value)}
          />
          <p id={`${id}-hint`} className="muted small">
            A key of scope admin, policy, support or read. The session ends after 15 minutes without use,
            after 8 hours, or with the key.
          </p>
          {work.isError ? <Problem error={work.error} /> : null}
          <button
            type="submit"
            className="button button-primary wide"
            disabled={work.isPending || key.trim() === ''}
          >
            {work.isPending ? 'Signing in' : 'Sign in'}
          </button>
        </form>
      </div>
    </main>
  )
}
