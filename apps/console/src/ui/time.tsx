import { applyTimes, useTimes } from './times.ts'
import { formats, zoneName, type Zone } from './zone.ts'

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

const words = {
  long: new Intl.RelativeTimeFormat('en', { numeric: 'auto' }),
  short: new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' }),
}

function ago(time: number, now: number, length: keyof typeof words = 'long'): string {
  const seconds = Math.round((time - now) / 1000)
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return words[length].format(Math.round(seconds / size), unit)
}

interface Moment {
  at: string | null | undefined
  absent?: string
}

/** The zone of exact times; where the reader chose none, the browser's. */
export function useZone(): Zone {
  return useTimes() === 'utc' ? 'utc' : 'local'
}

/**
 * A moment in a person's words or exactly, as the reader chose. Pressing it changes that for the whole page: a title alone
 * is out of reach of fingers and keyboards. `inTable`: in two short lines; the choice in the navigation is the way of the
 * keyboard there, so that a table has no stop for each row.
 */
export function Time({ at, absent = 'never', inTable = false }: Moment & { inTable?: boolean }) {
  const times = useTimes()
  const zone = useZone()
  if (at === null || at === undefined) return <span className="muted">{absent}</span>
  const time = Date.parse(at)
  const exact = formats[zone].whole.format(time)
  const inWords = ago(time, Date.now(), inTable ? 'short' : 'long')
  return (
    <button
      type="button"
      className="time"
      tabIndex={inTable ? -1 : undefined}
      title={times === 'ago' ? exact : inWords}
      onClick={() => applyTimes(times === 'ago' ? 'local' : 'ago')}
    >
      <time dateTime={at}>
        {times === 'ago' ? inWords : inTable ? <TwoLines time={time} zone={zone} /> : exact}
      </time>
    </button>
  )
}

function TwoLines({ time, zone }: { time: number; zone: Zone }) {
  return (
    <span className="time-lines">
      <span>{formats[zone].day.format(time)} </span>
      <span>{formats[zone].zoned.format(time)}</span>
    </span>
  )
}

/** A moment with both: how long ago, and exactly. Where one thing is shown in full. */
export function ExactTime({ at, absent = 'never' }: Moment) {
  const zone = useZone()
  if (at === null || at === undefined) return <span className="muted">{absent}</span>
  const time = Date.parse(at)
  return (
    <time dateTime={at}>
      {ago(time, Date.now())} <span className="muted">({formats[zone].whole.format(time)})</span>
    </time>
  )
}

export const agoInWords = (at: string | null): string =>
  at === null ? 'never' : ago(Date.parse(at), Date.now())

/** For today: hours, minutes and seconds, in the zone that {@link ZoneHeader} names. */
export function ClockTime({ at }: { at: string }) {
  const { clock, whole } = formats[useZone()]
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={whole.format(time)}>
      {clock.format(time)}
    </time>
  )
}

/** Heads a column of {@link ClockTime}. */
export function ZoneHeader({ name }: { name: string }) {
  return (
    <>
      {name} ({zoneName(useZone())})
    </>
  )
}
