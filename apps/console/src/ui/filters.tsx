import { useId, useMemo, useRef, useState, type ReactNode } from 'react'
import { useSearch } from '@tanstack/react-router'
import { given, type Filter } from '../api/pages.ts'
import { MomentField } from './moment-field.tsx'
import { useNarrow } from './narrow.ts'

interface FilterField {
  name: string
  label: string
  /** Left out: the field is a moment. */
  placeholder?: string
}

interface FiltersProps {
  fields: readonly FilterField[]
  filter: Filter
  onChange: (filter: Filter) => void
  children?: ReactNode
}

/** The filter in the address of the page. */
export function useFilter(): Filter {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  // A value that looks like a number has been parsed as one.
  return useMemo(
    () => Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)])),
    [search],
  )
}

const isSame = (one: Filter, other: Filter) => JSON.stringify(one) === JSON.stringify(other)

/** The search text: sent to the service when the reader submits it, not at each letter. */
export function Filters({ fields, filter, onChange, children }: FiltersProps) {
  const [typed, setTyped] = useState(filter)
  const [followed, setFollowed] = useState(filter)
  const submit = useRef<HTMLButtonElement>(null)
  const id = useId()
  // A change of address, as by the back button, changes the fields that it concerns, and leaves what is typed in
  // others.
  if (!isSame(filter, followed)) {
    const changed = fields.filter(({ name }) => filter[name] !== followed[name])
    setFollowed(filter)
    setTyped({ ...typed, ...Object.fromEntries(changed.map(({ name }) => [name, filter[name]])) })
  }
  const set = Object.keys(given(filter)).length
  const isFiltered = set > 0
  const isNarrow = useNarrow()
  const [unfolded, setUnfolded] = useState(false)
  return (
    <details
      className="filters-fold"
      open={!isNarrow || unfolded}
      onToggle={({ currentTarget }) => setUnfolded(isNarrow && currentTarget.open)}
    >
      <summary>Filter{isFiltered ? ` (${set} set)` : ''}</summary>
      <form
        className="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          onChange({ ...filter, ...Object.fromEntries(fields.map(({ name }) => [name, typed[name]])) })
        }}
      >
        {fields.map(({ name, label, placeholder }) => (
          <span key={name} className="filter">
            {placeholder === undefined ? (
              <MomentField
                id={`${id}-${name}`}
                label={label}
                value={typed[name] ?? ''}
                onChange={(value) => setTyped({ ...typed, [name]: value })}
              />
            ) : (
              <>
                <label htmlFor={`${id}-${name}`}>{label}</label>
                <input
                  id={`${id}-${name}`}
                  className="input"
                  spellCheck={false}
                  autoComplete="off"
                  placeholder={placeholder}
                  value={typed[name] ?? ''}
                  onChange={({ target: { value } }) => setTyped({ ...typed, [name]: value.trim() })}
                />
              </>
            )}
          </span>
        ))}
        {children}
        <span className="filter-actions">
          <button ref={submit} type="submit" className="button button-primary">
            Show
          </button>
          {isFiltered ? (
            <button
              type="button"
              className="button"
              onClick={() => {
                setTyped({})
                // This button disappears, and the focus would with it.
                submit.current?.focus()
                onChange({})
              }}
            >
              Show all
            </button>
          ) : null}
        </span>
      </form>
    </details>
  )
}

/** Two moments between which a list lies; the second is the first that does not count. */
export const momentFields = [
  { name: 'since', label: 'From' },
  { name: 'until', label: 'Until' },
] as const

interface ChoiceFieldProps {
  label: string
  value: string
  choices: readonly (readonly [value: string, words: string])[]
  onChoose: (value: string) => void
}

export function ChoiceField({ label, value, choices, onChoose }: ChoiceFieldProps) {
  const id = useId()
  return (
    <span className="filter">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="input" value={value} onChange={({ target }) => onChoose(target.value)}>
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </span>
  )
}

/** Shown below a list that may have more entries. */
export function More({
  query: { hasNextPage, isFetchingNextPage, fetchNextPage },
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  return hasNextPage ? (
    <footer className="list-foot">
      <button
        type="button"
        className="button"
        disabled={isFetchingNextPage}
        onClick={() => void fetchNextPage()}
      >
        {isFetchingNextPage ? 'Fetching' : 'Show older ones'}
      </button>
    </footer>
  ) : null
}
