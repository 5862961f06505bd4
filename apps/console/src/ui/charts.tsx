import { useId, useState, type ReactNode } from 'react'
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceLine,
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

type Series = Exclude<keyof TimePoint, 'at'>

/**
 * Stacked in this order. Where there are no malfunctions their line would lie on that of refusals: it is drawn beneath.
 */
const series = [
  { name: 'passed', words: 'Passed', colour: 'var(--chart-good)', layer: 100 },
  { name: 'refused', words: 'Refused', colour: 'var(--chart-bad)', layer: 100 },
  { name: 'malfunctions', words: 'Malfunctions', colour: 'var(--chart-warn)', layer: 90 },
] as const satisfies readonly { name: Series; words: string; colour: string; layer: number }[]

const axis = { fontSize: 12, fill: 'var(--muted)' }
const numbers = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

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

interface OutcomesOverTime {
  points: readonly TimePoint[]
  /** A moment on the axis. */
  format: (at: number) => string
  /** A point in words, with its zone. */
  inWords: (at: number) => string
  /** The name of such a moment. */
  from: string
  /** Leads to what a number counts. */
  linkTo: (point: TimePoint, name: Series, text: string) => ReactNode
}

/**
 * How attestations ended over time. The picture is for eyes; the slider below reads the same points by finger, keyboard or
 * screen reader, and the table has all of them.
 */
export function OutcomesOverTime({ points, format, inWords, from, linkTo }: OutcomesOverTime) {
  // The time and not the place: as time goes on, the points move.
  const [chosen, setChosen] = useState<number>()
  const place = Math.max(0, chosen === undefined ? points.length - 1 : placeOf(points, chosen))
  const point = points[place]
  const choose = (index: number) => setChosen(points[index]?.at)
  return (
    <figure className="figure">
      <div aria-hidden="true">
        <Picture points={points} format={format} selected={point?.at} onSelect={choose} />
      </div>
      {point === undefined ? null : (
        <Reading {...{ points, place, inWords, linkTo }} point={point} onChoose={choose} />
      )}
      <PointsTable {...{ points, format, from, linkTo }} />
    </figure>
  )
}

/** Of the last point that is not later. */
const placeOf = (points: readonly TimePoint[], at: number) => points.findLastIndex((point) => point.at <= at)

interface Picture {
  points: readonly TimePoint[]
  format: (at: number) => string
  selected: number | undefined
  onSelect: (index: number) => void
}

function Picture({ points, format, selected, onSelect }: Picture) {
  return (
    <ResponsiveContainer width="100%" height={260}>
      <AreaChart
        data={[...points]}
        margin={{ top: 8, right: 8, bottom: 0, left: -12 }}
        accessibilityLayer={false}
        onClick={({ activeIndex }) => {
          if (activeIndex !== undefined && activeIndex !== null) onSelect(Number(activeIndex))
        }}
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
        {selected === undefined ? null : <ReferenceLine x={selected} stroke="var(--line-strong)" />}
        {series
          .filter(({ name }) => points.some((point) => point[name] > 0))
          .map(({ name, words, colour, layer }) => (
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
              zIndex={layer}
              isAnimationActive={false}
            />
          ))}
      </AreaChart>
    </ResponsiveContainer>
  )
}

interface Reading {
  points: readonly TimePoint[]
  point: TimePoint
  place: number
  inWords: (at: number) => string
  linkTo: OutcomesOverTime['linkTo']
  onChoose: (index: number) => void
}

function Reading({ points, point, place, inWords, linkTo, onChoose }: Reading) {
  const id = useId()
  const counts = series.map(({ name, words }) => `${point[name]} ${words.toLowerCase()}`).join(', ')
  return (
    <div className="reading">
      <label htmlFor={id} className="visually-hidden">
        Moment of the chart
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={Math.max(0, points.length - 1)}
        value={place}
        aria-valuetext={`${inWords(point.at)}: ${counts}`}
        onChange={({ target }) => onChoose(Number(target.value))}
      />
      <p className="small">
        <strong>{inWords(point.at)}</strong>{' '}
        {series.map(({ name, words }) => (
          <span key={name} className="reading-count">
            {linkTo(point, name, `${point[name].toLocaleString('en')} ${words.toLowerCase()}`)}
          </span>
        ))}
      </p>
    </div>
  )
}

function PointsTable({ points, format, from, linkTo }: Omit<OutcomesOverTime, 'inWords'>) {
  const caption = 'Attestations over time'
  return (
    <details>
      <summary>{caption} as a table</summary>
      <div className="table-scroller figure-table" role="region" aria-label={caption} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              {[from, ...series.map(({ words }) => words)].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.at}>
                <td>{format(point.at)}</td>
                {series.map(({ name }) => (
                  <td key={name}>{linkTo(point, name, point[name].toLocaleString('en'))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
