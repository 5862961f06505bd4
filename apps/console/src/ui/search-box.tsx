import { useId, useState } from 'react'
import { useNavigate } from '@tanstack/react-router'

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The searched text: never in the address, since logs and histories keep copies of addresses. */
    searched?: string
  }
}

/** The one search, on every page: for whatever support has in hand, with words around it. */
export function SearchBox() {
  const [text, setText] = useState('')
  const id = useId()
  const navigate = useNavigate()
  return (
    <form
      className="search-box"
      role="search"
      aria-label="Everything"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() === '') return
        setText('')
        void navigate({ to: '/search', state: { searched: text } })
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Find anything
      </label>
      <input
        id={id}
        className="input"
        type="search"
        maxLength={2_000}
        spellCheck={false}
        autoComplete="off"
        placeholder="Find anything"
        title="A trace in any spacing, a key or name of an installation, what the app calls its user, a build, a code, or a sentence with some of them"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </form>
  )
}
