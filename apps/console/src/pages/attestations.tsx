import { useId, useMemo, useState } from 'react'
import { Link } from '@tanstack/react-router'
import { useLive } from '../api/live.ts'
import { LiveStatus, LiveTable } from '../ui/live-table.tsx'
import { Page, Section } from '../ui/page.tsx'

const outcomes = ['all', 'result', 'denied', 'malfunction', 'hearsay'] as const
const words = {
  all: 'All outcomes',
  result: 'Passed',
  denied: 'Refused',
  malfunction: 'Malfunctions',
  hearsay: 'Reported',
}

export function AttestationsPage() {
  const state = useLive()
  const [held, setHeld] = useState<typeof state.outcomes>()
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]>('all')
  const [text, setText] = useState('')
  const id = useId()
  const from = held ?? state.outcomes
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    return from.filter(
      (one) =>
        (outcome === 'all' || one.outcome === outcome) &&
        (wanted === '' ||
          `${one.app} ${one.build} ${one.code ?? ''} ${one.trace}`.toLowerCase().includes(wanted)),
    )
  }, [from, outcome, text])
  return (
    <Page title="Attestations" lead="Live outcomes, and why a device was refused.">
      <Section
        title="Live"
        flush
        actions={
          <div className="card-actions">
            <LiveStatus state={state} />
            <button
              type="button"
              className="button button-small"
              aria-pressed={held !== undefined}
              onClick={() => setHeld(held === undefined ? state.outcomes : undefined)}
            >
              {held === undefined ? 'Pause' : 'Go on'}
            </button>
          </div>
        }
      >
        <div className="filters">
          <label htmlFor={`${id}-text`} className="visually-hidden">
            Filter by app, build, reason or trace
          </label>
          <input
            id={`${id}-text`}
            className="input"
            type="search"
            placeholder="App, build, reason or trace"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <label htmlFor={`${id}-outcome`} className="visually-hidden">
            Outcome
          </label>
          <select
            id={`${id}-outcome`}
            className="input"
            value={outcome}
            onChange={(event) => setOutcome(event.target.value as typeof outcome)}
          >
            {outcomes.map((one) => (
              <option key={one} value={one}>
                {words[one]}
              </option>
            ))}
          </select>
        </div>
        <LiveTable outcomes={shown} />
      </Section>
      <p>
        {state.nodes === 'all'
          ? 'Everything from the node that serves this page; of other nodes, refusals and malfunctions, every two seconds.'
          : 'From the node that serves this page: refusals of other nodes cannot be read until the database answers.'}{' '}
        The <Link to="/">overview</Link> counts what passed at all nodes.{' '}
        <Link to="/refusals">All refusals that are kept</Link>
      </p>
    </Page>
  )
}
