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
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

function ago(time: number, now: number, length: keyof typeof words = 'long'): string {
  const seconds = Math.round((time - now) / 1000)
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  return words[length].format(Math.round(seconds / size), unit)
}

/** A moment in a person's words, with the exact time available. */
export function Time({
  at,
  absent = 'never',
  length = 'long',
}: {
  at: string | null | undefined
  absent?: string
  /** `short` if there is little room. */
  length?: keyof typeof words
}) {
  if (at === null || at === undefined) return <span className="muted">{absent}</span>
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={exact.format(time)}>
      {ago(time, Date.now(), length)}
    </time>
  )
}

export const agoInWords = (at: string | null): string =>
  at === null ? 'never' : ago(Date.parse(at), Date.now())

const clockTime = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** For today: hours, minutes and seconds. */
export function ClockTime({ at }: { at: string }) {
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={exact.format(time)}>
      {clockTime.format(time)}
    </time>
  )
}
