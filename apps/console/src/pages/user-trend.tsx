import { useQuery } from '@tanstack/react-query'
import type { InstallationStats } from '@assay/protocol/schemas'
import { rolloutSpans, userTrendQuery, type RolloutHours } from '../api/users.ts'
import { Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { useZone } from '../ui/time.tsx'
import { formats, zoneName, type Zone } from '../ui/zone.ts'

const number = new Intl.NumberFormat('en')
/** The service counts by UTC days. */
const days = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

interface UserTrend {
  app: string
  build: string
  previous: string | undefined
  hours: RolloutHours
}

/** Users of a build and of the one before it, hour by hour or day by day. */
export function UserTrend({ app, build, previous, hours }: UserTrend) {
  const zone = useZone()
  const { by } = rolloutSpans[hours]
  const shown = previous === undefined ? [build] : [build, previous]
  const stats = useQuery(userTrendQuery(app, shown, hours))
  return (
    <Section title="Users over time">
      <Loaded query={stats}>
        {(groups) => {
          const times = [...new Set(groups.map(({ at = '' }) => at))].sort().reverse()
          if (times.length === 0) return <Empty title="Nobody attested in this time" />
          return (
            <div
              className="table-scroller figure-table"
              role="region"
              aria-label="Users by time and build"
              tabIndex={0}
            >
              <table className="table" style={{ minWidth: '34rem' }}>
                <thead>
                  <tr>
                    <th scope="col">{by === 'day' ? 'Day (UTC)' : `From (${zoneName(zone)})`}</th>
                    {shown.flatMap((id) =>
                      ['passed', 'refused'].map((outcome) => (
                        <th key={`${id} ${outcome}`} scope="col">
                          {id} {outcome}
                        </th>
                      )),
                    )}
                  </tr>
                </thead>
                <tbody>
                  {times.map((at) => (
                    <tr key={at}>
                      <td>{momentOf(by, zone, at)}</td>
                      {shown.flatMap((id) => counts(groups, id, at))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }}
      </Loaded>
    </Section>
  )
}

function momentOf(by: 'hour' | 'day', zone: Zone, at: string): string {
  const moment = Date.parse(at)
  return by === 'day' ? days.format(moment) : formats[zone].minute.format(moment)
}

function counts(groups: InstallationStats['groups'], id: string, at: string) {
  const group = groups.find((one) => one.build === id && one.at === at)
  const numbers = group === undefined ? [] : [group.passed, group.refused]
  const about = group?.approximate === true ? 'about ' : ''
  return [0, 1].map((index) => {
    const count = numbers[index]
    return <td key={`${id} ${index}`}>{count === undefined ? '–' : `${about}${number.format(count)}`}</td>
  })
}
