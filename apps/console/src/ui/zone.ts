/** The zone in which a moment is shown. */
export type Zone = 'local' | 'utc'

const day = { year: 'numeric', month: 'short', day: 'numeric' } as const
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const named = { timeZoneName: 'short' } as const

/** Formats of both zones; `undefined` is the browser's. */
const formatsIn = (timeZone: 'UTC' | undefined) => ({
  whole: new Intl.DateTimeFormat('en', { ...day, ...clock, ...named, timeZone }),
  day: new Intl.DateTimeFormat('en', { ...day, timeZone }),
  clock: new Intl.DateTimeFormat('en', { ...clock, timeZone }),
  zoned: new Intl.DateTimeFormat('en', { ...clock, ...named, timeZone }),
  minute: new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }),
})

export const formats: Readonly<Record<Zone, ReturnType<typeof formatsIn>>> = {
  local: formatsIn(undefined),
  utc: formatsIn('UTC'),
}

/** As people write it: `GMT+1`, `PST`, `UTC`. It depends on the moment where clocks change in summer. */
export function zoneName(zone: Zone, at = Date.now()): string {
  const parts = formats[zone].zoned.formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC'
}
