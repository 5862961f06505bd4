import type { ReactNode } from 'react'

export interface Ranked {
  name: string
  count: number
}

interface Ranking<T extends Ranked> {
  caption: string
  rows: readonly T[]
  /** Leads to what a row counts. */
  linkTo: (row: T, content: ReactNode) => ReactNode
  /** They say nothing bad about any device. */
  plain?: boolean
}

/** The largest of some counts, the first on top: a list of links, each with a bar as wide as its share of the largest. */
export function Ranking<T extends Ranked>({ caption, rows, linkTo, plain = false }: Ranking<T>) {
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <ol className={`ranking${plain ? ' ranking-plain' : ''}`} aria-label={caption}>
      {rows.map((row) => (
        <li key={row.name}>
          {linkTo(
            row,
            <>
              <span className="ranking-name">{row.name}</span>{' '}
              <span className="ranking-track" aria-hidden="true">
                <span className="ranking-bar" style={{ inlineSize: `${(100 * row.count) / most}%` }} />
              </span>
              <span className="ranking-count">{row.count.toLocaleString('en')}</span>
            </>,
          )}
        </li>
      ))}
    </ol>
  )
}
