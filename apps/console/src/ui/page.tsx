import { useEffect, useId, type ReactNode } from 'react'

interface Page {
  title: string
  /** One sentence about the page. */
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

export function Page({ title, lead, actions, children }: Page) {
  useEffect(() => {
    document.title = `${title} · Assay console`
  }, [title])
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lead === undefined ? null : <p className="lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </>
  )
}

/** A part of a page, named by its heading. */
export function Section({
  title,
  actions,
  children,
  flush = false,
}: {
  title: string
  actions?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  const id = useId()
  return (
    <section className={`card${flush ? ' card-flush' : ''}`} aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  )
}

/** Text from the code tables, which puts command names between backticks. */
export function Prose({ children }: { children: string }) {
  return (
    <>
      {children.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}
    </>
  )
}

/** Names and values. */
export function Properties({ children }: { children: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="properties">
      {children.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Stat({
  name,
  value,
  note,
  tone,
}: {
  name: string
  value: ReactNode
  note?: ReactNode
  tone?: 'bad' | 'warn'
}) {
  return (
    <div className={`stat${tone === undefined ? '' : ` stat-${tone}`}`}>
      <dt>{name}</dt>
      <dd>
        <span className="stat-value">{value}</span>
        {note === undefined ? null : <span className="muted small">{note}</span>}
      </dd>
    </div>
  )
}
