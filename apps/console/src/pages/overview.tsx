import { useMemo, useState } from 'react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import type { Filter } from '../api/pages.ts'
import { useLive } from '../api/live.ts'
import { apisQuery, appsQuery, buildsQuery, serviceQuery } from '../api/queries.ts'
import type { Api, Stats, BuildSummary } from '@assay/protocol/schemas'
import { periods, quantile, statsQuery, type Period } from '../api/stats.ts'
import { useConfined } from '../shell/may.ts'
import { Attention } from './attention.tsx'
import { mostApps } from './build-matters.tsx'
import { Legend, OutcomesOverTime, type TimePoint } from '../ui/charts.tsx'
import { RefusalsLink } from '../ui/links.tsx'
import { LiveStatus, LiveTable } from '../ui/live-table.tsx'
import { number, shareWith } from '../ui/numbers.ts'
import { Page, Section, Stat } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Ranking, type Ranked } from '../ui/ranking.tsx'
import { Time, useZone } from '../ui/time.tsx'
import { formats, zoneName, type Zone } from '../ui/zone.ts'

/** A support key has nothing here: it begins with the devices. */
export function OverviewPage() {
  return useConfined() === undefined ? <Overview /> : <Navigate to="/installations" />
}

function Overview() {
  const [period, setPeriod] = useState<Period>('hour')
  const service = useQuery(serviceQuery)
  return (
    <Page
      title="Overview"
      lead={
        service.data === undefined ? undefined : (
          <>
            The service started <Time at={service.data.started_at} />.
          </>
        )
      }
      actions={<PeriodChoice period={period} onChoose={setPeriod} />}
    >
      <Attention />
      <Numbers period={period} />
      <Section title={`Attestations per ${periods[period].by}`} actions={<Legend />}>
        <OverTime period={period} />
      </Section>
      <div className="columns">
        <Section title="Why they were refused">
          <Ranked period={period} by="code" caption="Refused by reason" />
        </Section>
        <Section title="Refused by app and build">
          <Ranked period={period} by="app,build" caption="Refused by app and build" />
        </Section>
      </div>
      <Unproven period={period} />
      <Recent />
    </Page>
  )
}

function PeriodChoice({ period, onChoose }: { period: Period; onChoose: (period: Period) => void }) {
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">Period</legend>
      {(Object.keys(periods) as Period[]).map((one) => (
        <label key={one}>
          <input type="radio" name="period" checked={one === period} onChange={() => onChoose(one)} />
          <span>{periods[one].words}</span>
        </label>
      ))}
    </fieldset>
  )
}

const share = shareWith(1)

function Numbers({ period }: { period: Period }) {
  const stats = useQuery(statsQuery(period, periods[period].by))
  const apps = useQuery(appsQuery)
  const apis = useQuery(apisQuery)
  const builds = useQueries({
    queries: (apps.data ?? []).slice(0, mostApps).map(({ id }) => buildsQuery(id)),
  })
  return (
    <dl className="stats">
      {stats.data === undefined ? (
        <UnknownOutcomes failed={stats.isError} />
      ) : (
        <Outcomes stats={stats.data} period={period} />
      )}
      {apps.data === undefined || builds.some(({ data }) => data === undefined) ? (
        <Unknown name="Active builds" failed={apps.isError || builds.some(({ isError }) => isError)} />
      ) : (
        <Builds apps={apps.data.length} builds={builds.flatMap(({ data = [] }) => data)} />
      )}
      {apis.data === undefined ? <Unknown name="APIs" failed={apis.isError} /> : <Apis apis={apis.data} />}
    </dl>
  )
}

/** A number that is missing, or not there yet: 0 would be a number. */
function Unknown({ name, failed }: { name: string; failed: boolean }) {
  return <Stat name={name} value="–" note={failed ? 'could not be read' : undefined} />
}

function UnknownOutcomes({ failed }: { failed: boolean }) {
  return ['Passed', 'Refused', 'Malfunctions', 'Time taken (p50)', 'Unproven', 'Unserved'].map((name) => (
    <Unknown key={name} name={name} failed={failed} />
  ))
}

/** A count, and the way to what it counts; none leads nowhere. */
function Counted({ of, where }: { of: number; where: Filter }) {
  return of === 0 ? number.format(of) : <RefusalsLink where={where}>{number.format(of)}</RefusalsLink>
}

function Outcomes({ stats, period }: { stats: Stats; period: Period }) {
  const { hours } = periods[period]
  const { passed, refused, malfunctions, unproven, unserved } = totals(stats)
  const whole = passed + refused
  const [half, most] = [0.5, 0.95].map((share) => quantile(stats.latency, share))
  return (
    <>
      <Stat
        name="Passed"
        value={<Link to="/attestations">{number.format(passed)}</Link>}
        note={whole === 0 ? 'no attestations' : `${share.format(passed / whole)} of all judged`}
      />
      <Stat
        name="Refused"
        value={<Counted of={refused} where={{ outcome: 'denied', hours }} />}
        note={whole === 0 ? undefined : share.format(refused / whole)}
        {...(refused > 0 ? { tone: 'bad' as const } : {})}
      />
      <Stat
        name="Malfunctions"
        value={<Counted of={malfunctions} where={{ outcome: 'malfunction', hours }} />}
        note={malfunctions === 0 ? 'none' : 'of the service or a vendor'}
        {...(malfunctions > 0 ? { tone: 'warn' as const } : {})}
      />
      <Stat
        name="Time taken (p50)"
        value={half === undefined ? '–' : `≤ ${half} ms`}
        note={most === undefined ? undefined : `p95 ≤ ${most} ms`}
      />
      <Stat
        name="Unproven"
        value={number.format(unproven)}
        note={unproven === 0 ? 'none' : 'before proof of a key'}
      />
      <Stat
        name="Unserved"
        value={number.format(unserved)}
        note={unserved === 0 ? 'none' : 'answered 429 or 503'}
        {...(unserved > 0 ? { tone: 'warn' as const } : {})}
      />
    </>
  )
}

/** @param apps all apps: builds are those of the first of them */
function Builds({ apps, builds }: { apps: number; builds: readonly BuildSummary[] }) {
  const pending = builds.filter(({ state }) => state === 'pending').length
  const of = apps > mostApps ? `of the first ${mostApps} apps` : apps === 1 ? 'of 1 app' : `of ${apps} apps`
  return (
    <Stat
      name="Active builds"
      value={<Link to="/apps">{number.format(builds.filter(({ state }) => state === 'active').length)}</Link>}
      note={pending > 0 ? `${of}; ${pending} wait for an admin` : of}
    />
  )
}

function Apis({ apis }: { apis: readonly Api[] }) {
  const observing = apis.filter(({ enforcement }) => enforcement === 'observe').length
  const enforcing = apis.length === 0 ? undefined : 'all enforce'
  return (
    <Stat
      name="APIs"
      value={<Link to="/apis">{number.format(apis.length)}</Link>}
      note={observing > 0 ? `${observing} only observe` : enforcing}
    />
  )
}

function totals(stats: Stats) {
  const sum = { passed: 0, refused: 0, malfunctions: 0, unproven: 0, unserved: 0 }
  for (const group of stats.groups) {
    sum.passed += group.passed
    sum.refused += group.refused
    sum.malfunctions += group.malfunctions
    sum.unproven += group.unproven ?? 0
    sum.unserved += group.unserved ?? 0
  }
  return sum
}

/** The service counts by UTC days: in another zone each would carry the name of the day before or after. */
const days = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const momentOf = (period: Period, zone: Zone, at: number): string =>
  period === 'month' ? days.format(at) : formats[zone].minute.format(at)

const spans = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

function OverTime({ period }: { period: Period }) {
  const stats = useQuery(statsQuery(period, periods[period].by))
  const zone = useZone()
  const span = spans[periods[period].by]
  const points = useMemo(() => (stats.data === undefined ? [] : filled(stats.data, span)), [stats.data, span])
  const inWords = (at: number) =>
    period === 'month'
      ? `${days.format(at)} (UTC)`
      : `${momentOf(period, zone, at)} to ${momentOf(period, zone, at + span)} ${zoneName(zone, at)}`
  return (
    <Loaded query={stats}>
      {({ groups }) =>
        groups.every(({ passed, refused, malfunctions }) => passed + refused + malfunctions === 0) ? (
          <Empty title="No attestations in this time" />
        ) : (
          <OutcomesOverTime
            points={points}
            format={(at) => momentOf(period, zone, at)}
            inWords={(at) => inWords(at)}
            from={period === 'month' ? 'Day (UTC)' : `From (${zoneName(zone)})`}
            linkTo={({ at, ...counts }, name, text) =>
              name === 'passed' || counts[name] === 0 ? (
                text
              ) : (
                <RefusalsLink
                  where={{ ...between(at, span), outcome: outcomes[name] }}
                  label={`${text}, ${inWords(at)}`}
                >
                  {text}
                </RefusalsLink>
              )
            }
          />
        )
      }
    </Loaded>
  )
}

/** A point for every span, even if nothing happened in it. */
function filled({ since, until, groups }: Stats, span: number): TimePoint[] {
  const known = new Map(groups.map((group) => [Date.parse(group.at ?? ''), group]))
  const first = Math.floor(Date.parse(since) / span) * span
  // Complete spans only: the current one would look like a drop.
  const length = Math.max(1, Math.floor((Date.parse(until) - first) / span))
  return Array.from({ length }, (_, index) => {
    const at = first + index * span
    const { passed = 0, refused = 0, malfunctions = 0 } = known.get(at) ?? {}
    return { at, passed, refused, malfunctions }
  })
}

const outcomes = { refused: 'denied', malfunctions: 'malfunction' } as const

/** The refusals of one point of the chart. */
const between = (at: number, span: number): Filter => ({
  since: new Date(at).toISOString(),
  until: new Date(at + span).toISOString(),
})

function Ranked({ period, by, caption }: { period: Period; by: string; caption: string }) {
  const stats = useQuery(statsQuery(period, by, { outcome: 'refused' }))
  return (
    <Loaded query={stats}>
      {({ groups }) => {
        const rows = ranked(groups, ({ refused }) => refused)
        return rows.length === 0 ? (
          <Empty title="Nothing was refused" />
        ) : (
          <RankedRefusals {...{ caption, rows, period }} outcome="denied" />
        )
      }}
    </Loaded>
  )
}

interface RankedRefusals {
  caption: string
  rows: readonly RankedGroup[]
  period: Period
  outcome?: string
  plain?: boolean
}

function RankedRefusals({ caption, rows, period, outcome, plain = false }: RankedRefusals) {
  return (
    <Ranking
      caption={caption}
      rows={rows}
      plain={plain}
      linkTo={({ where }, content) => (
        <RefusalsLink where={{ ...where, outcome, hours: periods[period].hours }}>{content}</RefusalsLink>
      )}
    />
  )
}

type Group = Stats['groups'][number]
type RankedGroup = Ranked & { where: Filter }

function ranked(groups: readonly Group[], countOf: (group: Group) => number): RankedGroup[] {
  return groups
    .map((group) => ({
      name:
        group.code ?? [group.app, group.build].filter((part) => part !== undefined && part !== '').join(' '),
      count: countOf(group),
      where: { code: group.code, app: group.app, build: group.build },
    }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
    .slice(0, 8)
}

/** What proved possession of no key, which is no verdict on a device; nothing if there is nothing. */
function Unproven({ period }: { period: Period }) {
  const stats = useQuery(statsQuery(period, 'code', { outcome: 'unproven' }))
  const rows = ranked(stats.data?.groups ?? [], ({ unproven = 0 }) => unproven)
  if (rows.length === 0 && !stats.isError) return null
  return (
    <Section title="Unproven requests">
      <p className="muted">
        Refused before possession of a key was proved. Anybody can send these, so they count in no share and
        no chart above.
      </p>
      <Loaded query={stats}>
        {() => <RankedRefusals caption="Unproven requests by reason" {...{ rows, period }} plain />}
      </Loaded>
    </Section>
  )
}

function Recent() {
  const state = useLive()
  return (
    <Section title="Live" flush actions={<LiveStatus state={state} />}>
      <LiveTable outcomes={state.outcomes.slice(0, 50)} />
    </Section>
  )
}
