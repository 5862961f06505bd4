import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Rollout } from '@assay/protocol/schemas'
import { given, type Filter } from '../api/pages.ts'
import { appsQuery, buildsQuery } from '../api/queries.ts'
import { busiestAppQuery } from '../api/stats.ts'
import { rolloutQuery, rolloutSpans, type RolloutHours } from '../api/users.ts'
import { ChoiceField, useFilter } from '../ui/filters.tsx'
import { RefusalsLink } from '../ui/links.tsx'
import { Page, Section, Stat } from '../ui/page.tsx'
import { Ranking } from '../ui/ranking.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { PolicyCost } from './policy-cost.tsx'
import { SafeToEnforce } from './safe-to-enforce.tsx'
import { UserTrend } from './user-trend.tsx'

const number = new Intl.NumberFormat('en')
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** What a new build does to users, beside the build before it. */
export function RolloutPage() {
  const filter = useFilter()
  const navigate = useNavigate()
  const apps = useQuery(appsQuery)
  const busiest = useQuery({ ...busiestAppQuery, enabled: filter['app'] === undefined })
  // An app that was removed is still counted. Where nothing was counted, or the counts cannot be read, the first by name.
  const first = apps.data?.find(({ id }) => id === busiest.data) ?? apps.data?.[0]
  const app = filter['app'] ?? (busiest.isPending ? undefined : first?.id)
  const hours = hoursOf(filter['hours'])
  const ask = (next: Filter) => void navigate({ to: '/rollout', search: given(next) as object })
  return (
    <Page
      title="Roll out"
      lead="What a build does to users. Each installation counts once, however often it attests."
    >
      <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <ChoiceField
          label="App"
          value={app ?? ''}
          choices={(apps.data ?? []).map(({ id }) => [id, id] as const)}
          onChoose={(chosen) => ask({ ...filter, app: chosen, build: undefined })}
        />
        {app === undefined ? null : (
          <BuildChoice
            app={app}
            build={filter['build'] ?? ''}
            onChoose={(build) => ask({ ...filter, build })}
          />
        )}
        <ChoiceField
          label="Within the"
          value={String(hours)}
          choices={Object.entries(rolloutSpans).map(([name, { words }]) => [name, words] as const)}
          onChoose={(chosen) => ask({ ...filter, hours: chosen })}
        />
      </form>
      {app === undefined ? (
        <Loaded query={apps}>
          {({ length }) =>
            length > 0 ? null : <Empty title="No apps yet">Register one, and its roll-outs stand here.</Empty>
          }
        </Loaded>
      ) : (
        <OfApp app={app} build={filter['build'] ?? ''} hours={hours} />
      )}
    </Page>
  )
}

function hoursOf(text: string | undefined): RolloutHours {
  const found = Object.keys(rolloutSpans).find((name) => name === text)
  return found === undefined ? 24 : (Number(found) as RolloutHours)
}

function BuildChoice(props: { app: string; build: string; onChoose: (build: string) => void }) {
  const builds = useQuery(buildsQuery(props.app))
  const ids = (builds.data ?? []).map(({ id }) => [id, id] as const)
  return (
    <ChoiceField
      label="Build"
      value={props.build}
      choices={[['', 'The newest'], ...ids]}
      onChoose={props.onChoose}
    />
  )
}

interface OfApp {
  app: string
  build: string
  hours: RolloutHours
}

function OfApp({ app, build, hours }: OfApp) {
  const rollout = useQuery(rolloutQuery(app, build, hours))
  return (
    <>
      <Loaded query={rollout}>
        {(data) =>
          data.build === null ? (
            <Empty title="This app has no active build">
              <Link to="/apps/$app" params={{ app }}>
                Its builds
              </Link>
            </Empty>
          ) : (
            <Found rollout={data} build={data.build} hours={hours} />
          )
        }
      </Loaded>
      <PolicyCost key={app} app={app} />
    </>
  )
}

type Reach = NonNullable<Rollout['build']>

function Found({ rollout, build, hours }: { rollout: Rollout; build: Reach; hours: RolloutHours }) {
  const { app, previous, installations } = rollout
  return (
    <>
      <dl className="stats">
        <Stat
          name="Users reached"
          value={about(build.reached, build)}
          note={
            installations.reached === 0
              ? 'none in this time'
              : `${share.format(Math.min(1, build.reached / installations.reached))} of the app’s`
          }
        />
        <Stat name="Passed" value={about(build.passed, build)} note={`with build ${build.build}`} />
        <Stat
          name="Refused"
          value={
            build.refused === 0 ? (
              '0'
            ) : (
              <RefusalsLink where={{ app, build: build.build, ...timeOf(rollout, hours) }}>
                {about(build.refused, build)}
              </RefusalsLink>
            )
          }
          note={build.reached === 0 ? undefined : share.format(Math.min(1, build.refused / build.reached))}
          {...(build.refused > 0 ? { tone: 'bad' as const } : {})}
        />
        <Stat
          name="Refused with the previous build"
          value={previous === null ? '–' : about(previous.refused, previous)}
          note={
            previous === null
              ? 'there is none'
              : `of ${about(previous.reached, previous)} with build ${previous.build}`
          }
        />
      </dl>
      <SafeToEnforce rollout={rollout} />
      <div className="columns">
        <Section title="Refused, by reason">
          <Reasons app={app} build={build} time={timeOf(rollout, hours)} />
        </Section>
        <Section title="By OS version">
          <Versions versions={rollout.os_versions} />
        </Section>
      </div>
      <UserTrend app={app} build={build.build} previous={previous?.build} hours={hours} />
    </>
  )
}

const about = (count: number, { approximate }: { approximate?: true }) =>
  approximate === true ? `about ${number.format(count)}` : number.format(count)

function Reasons({ app, build, time }: { app: string; build: Reach; time: Filter }) {
  if (build.reasons.length === 0) return <Empty title="This build refused nobody" />
  return (
    <Ranking
      caption="Users refused by reason"
      rows={build.reasons.map(({ code, installations }) => ({ name: code, count: installations }))}
      linkTo={({ name: code }, content) => (
        <RefusalsLink where={{ app, build: build.build, code, ...time }}>{content}</RefusalsLink>
      )}
    />
  )
}

/** The refusals have their own choice of times, without 6 hours. */
const timeOf = ({ since }: Rollout, hours: RolloutHours): Filter =>
  hours === 6 ? { since } : { hours: String(hours) }

function Versions({ versions }: { versions: Rollout['os_versions'] }) {
  if (versions.length === 0) return <Empty title="Nobody attested in this time" />
  return (
    <>
      <p className="muted small">
        Users of all builds. The last column is the same span of time before this one.
      </p>
      <div
        className="table-scroller figure-table"
        role="region"
        aria-label="Users by OS version"
        tabIndex={0}
      >
        <table className="table">
          <thead>
            <tr>
              <th scope="col">OS version</th>
              <th scope="col">Passed</th>
              <th scope="col">Refused</th>
              <th scope="col">Refused before</th>
            </tr>
          </thead>
          <tbody>
            {versions.map(({ os_version, before, ...now }) => (
              <tr key={os_version}>
                <td>{os_version === '' ? 'not stated' : os_version}</td>
                <td>{about(now.passed, now)}</td>
                <td>{now.refused === 0 ? '0' : <strong>{about(now.refused, now)}</strong>}</td>
                <td>{about(before.refused, before)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
