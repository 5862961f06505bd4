import { useId, useState } from 'react'
import { useNavigate } from '@tanstack/react-router'

/** The way from a trace, which users report, to what it says: on every page, since it is what support has in hand. */
export function TraceSearch() {
  const [trace, setTrace] = useState('')
  const id = useId()
  const navigate = useNavigate()
  return (
    <form
      className="trace-search"
      role="search"
      aria-label="Trace"
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = trace.trim()
        if (wanted === '') return
        setTrace('')
        void navigate({ to: '/attestations/$trace', params: { trace: wanted } })
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Find a trace
      </label>
      <input
        id={id}
        className="input"
        type="search"
        spellCheck={false}
        autoComplete="off"
        placeholder="Find a trace"
        title="The id that the app, or its log, shows beside a refusal"
        value={trace}
        onChange={({ target }) => setTrace(target.value)}
      />
    </form>
  )
}
