import type { ReactNode } from 'react'
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'

export interface TimePoint {
  /** Milliseconds since 1970. */
  at: number
  passed: number
  refused: number
  malfunctions: number
}

const series = [
  { name: 'passed', words: 'Passed', colour: 'var(--chart-good)' },
  { name: 'refused', words: 'Refused', colour: 'var(--chart-bad)' },
  { name: 'malfunctions', words: 'Malfunctions', colour: 'var(--chart-warn)' },
] as const

const axis = { fontSize: 12, fill: 'var(--muted)' }
const numbers = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

interface Figure {
  caption: string
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
  children: ReactNode
}

/** A chart, and the same data as a table for those who cannot see it, or want to read the numbers. */
function Figure({ caption, head, rows, children }: Figure) {
  return (
    <figure className="figure">
      <div aria-hidden="true">{children}</div>
      <details>
        <summary>{caption} as a table</summary>
        <div className="table-scroller figure-table" role="region" aria-label={caption} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                {head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row[0])}>
                  {row.map((value, index) => (
                    <td key={head[index]}>{value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

export function Legend() {
  return (
    <ul className="legend" aria-hidden="true">
      {series.map(({ name, words, colour }) => (
        <li key={name}>
          <span className="legend-mark" style={{ background: colour }} />
          {words}
        </li>
      ))}
    </ul>
  )
}

/** How attestations ended over time. `format`: formats a moment on the axis. `from`: the name of that moment. */
export function OutcomesOverTime({
  points,
  format,
  from,
}: {
  points: readonly TimePoint[]
  format: (at: number) => string
  from: string
}) {
  return (
    <Figure
      caption="Attestations over time"
      head={[from, ...series.map(({ words }) => words)]}
      rows={points.map(({ at, ...counts }) => [format(at), ...series.map(({ name }) => counts[name])])}
    >
      <ResponsiveContainer width="100%" height={260}>
        <AreaChart
          data={[...points]}
          margin={{ top: 8, right: 8, bottom: 0, left: -12 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="at"
            tickFormatter={format}
            tick={axis}
            tickLine={false}
            axisLine={false}
            minTickGap={40}
          />
          <YAxis
            tick={axis}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
            tickFormatter={(value) => numbers.format(Number(value))}
          />
          <Tooltip
            labelFormatter={(at) => format(Number(at))}
            contentStyle={{ background: 'var(--surface)', border: '1px solid var(--line)', borderRadius: 8 }}
            labelStyle={{ color: 'var(--text)' }}
            itemStyle={{ color: 'var(--text)' }}
          />
          {series
            .filter(({ name }) => points.some((point) => point[name] > 0))
            .map(({ name, words, colour }) => (
              <Area
                key={name}
                dataKey={name}
                name={words}
                type="monotone"
                stackId="all"
                stroke={colour}
                fill={colour}
                fillOpacity={0.22}
                strokeWidth={2}
                isAnimationActive={false}
              />
            ))}
        </AreaChart>
      </ResponsiveContainer>
    </Figure>
  )
}

export interface Ranked {
  name: string
  count: number
}

interface Ranking {
  caption: string
  of: string
  rows: readonly Ranked[]
  /** They say nothing bad about any device. */
  plain?: boolean
}

/** The largest of some counts, the first on top. */
export function Ranking({ caption, of, rows, plain = false }: Ranking) {
  const longest = Math.max(...rows.map(({ name }) => name.length))
  return (
    <Figure caption={caption} head={[of, 'Count']} rows={rows.map(({ name, count }) => [name, count])}>
      <ResponsiveContainer width="100%" height={rows.length * 34 + 12}>
        <BarChart
          data={[...rows]}
          layout="vertical"
          margin={{ top: 0, right: 40, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis type="number" hide />
          <YAxis
            type="category"
            dataKey="name"
            width={Math.min(250, 8.4 * longest + 14)}
            tick={axis}
            tickLine={false}
            axisLine={false}
            tickFormatter={(name) => cut(String(name))}
          />
          <Bar
            dataKey="count"
            fill={plain ? 'var(--muted)' : 'var(--chart-bad)'}
            radius={4}
            barSize={16}
            isAnimationActive={false}
            label={{ position: 'right', fontSize: 12, fill: 'var(--text)' }}
          />
        </BarChart>
      </ResponsiveContainer>
    </Figure>
  )
}

const cut = (name: string) => (name.length > 28 ? `${name.slice(0, 27)}…` : name)
