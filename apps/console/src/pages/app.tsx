import { useCallback, useMemo, type ReactNode } from 'react'
import type { App, BuildSummary } from '@assay/protocol/schemas'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { policyOf, warningInWords } from '@assay/cli/explain'
import { activityQuery, appQuery, buildCountsQuery, buildsQuery, type Activity } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge, OutcomeBadge, StateBadge } from '../ui/badge.tsx'
import { actionsHeader, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { PassedAndRefused, RefusalsLink } from '../ui/links.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Properties, Page, Section } from '../ui/page.tsx'
import { Empty, Loaded, Problem } from '../ui/states.tsx'
import { ExactTime, Time } from '../ui/time.tsx'
import { AppActions } from './app-actions.tsx'
import { BuildActions } from './build-actions.tsx'
import { ShadowPolicy } from './shadow-policy.tsx'

interface BuildRow extends BuildSummary {
  lastSeen: string | null
}

const column = columnsOf<BuildRow>()
const looks = {
  id: { width: 10 },
  state: { width: 6.5 },
  channel: { width: 8.5, wideOnly: true },
  version_code: { width: 8, wideOnly: true },
  expires_at: { width: 7.5, wideOnly: true },
  warnings: { width: 7.5, wideOnly: true },
  lastSeen: { width: 8, wideOnly: true },
  actions: { width: 7.5 },
}

export function AppPage() {
  const { app: id } = useParams({ from: '/apps/$app' })
  const app = useQuery(appQuery(id))
  const activity = useQuery(activityQuery(id))
  const counts = useQuery(buildCountsQuery(id))
  const mayChange = useMay('admin')
  const columns = useMemo(() => columnsFor(id, mayChange), [id, mayChange])
  const seen = activity.data?.builds
  const withLastSeen = useCallback((builds: readonly BuildSummary[]) => rowsOf(builds, seen), [seen])
  const rows = useQuery({ ...buildsQuery(id), select: withLastSeen })
  if (app.data === undefined && app.isError)
    return (
      <Page title={id}>
        <Problem error={app.error} retry={() => void app.refetch()} />
      </Page>
    )
  return (
    <Page
      title={app.data === undefined || app.data.name === '' ? id : app.data.name}
      lead={<span className="mono">{id}</span>}
      actions={app.data !== undefined && mayChange ? <AppActions app={app.data} /> : undefined}
    >
      <ListSection
        title={`Builds of ${id}`}
        query={rows}
        columns={columns}
        looks={looks}
        rowId={({ id }) => id}
        empty={
          <Empty title="No build is registered">
            Register a release with the button above, or in its pipeline:{' '}
            <code>assay build add app.apk --app {id}</code>
          </Empty>
        }
      />
      <div className="columns">
        <Section title="Registration">
          <Loaded query={app}>{(data) => <Properties>{propertiesOf(data)}</Properties>}</Loaded>
        </Section>
        <div className="stack">
          <Section title="Attestations since registration">
            <Loaded query={counts}>
              {(data) =>
                data.length === 0 ? (
                  <Empty title="No attestations yet" />
                ) : (
                  <ul className="rows">
                    {data.map(({ build, abi, variant, passed, refused }) => (
                      <li key={`${build} ${abi} ${variant}`}>
                        <span className="grow">
                          <span className="mono">{build}</span>{' '}
                          <span className="muted">
                            {abi === '' ? 'all ABIs' : abi}
                            {variant === '' ? '' : `, ${variant}`}
                          </span>
                        </span>
                        <PassedAndRefused app={id} {...{ build, passed, refused }} />
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </Section>
          <Section title="Refused in the last 7 days">
            <Loaded query={activity}>
              {({ refusals, installations }) =>
                refusals.length === 0 ? (
                  <Empty title="Nothing was refused">
                    {installations.total === 0
                      ? 'No installation with platform evidence was seen either.'
                      : `${installations.total} installations were seen.`}
                  </Empty>
                ) : (
                  <ul className="rows">
                    {refusals.map(({ build, outcome, code, count, last_at: last }) => (
                      <li key={`${build} ${outcome} ${code}`}>
                        <OutcomeBadge outcome={outcome} />
                        <span className="grow">
                          <RefusalsLink where={{ app: id, build, code, outcome, hours: '168' }}>
                            <code>{code}</code>
                          </RefusalsLink>{' '}
                          <span className="muted">build {build}</span>
                        </span>
                        <strong>
                          <RefusalsLink
                            where={{ app: id, build, code, outcome, hours: '168' }}
                            label={`${count} with ${code}`}
                          >
                            {count}
                          </RefusalsLink>
                        </strong>
                        <span className="muted small">
                          <Time at={last} />
                        </span>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </Section>
        </div>
      </div>
      {app.data === undefined ? null : <ShadowPolicy app={app.data} />}
      <p>
        <Link to="/bans" search={{ app: id }}>
          Bans and test devices of this app
        </Link>
      </p>
    </Page>
  )
}

type Property = readonly [name: string, show?: (app: App) => ReactNode]

/** How each member is shown; one that the page has at another place is null, so that a new one is not forgotten. */
const properties: Readonly<Record<keyof App, Property | null>> = {
  id: null,
  name: null,
  platform: ['Platform', ({ platform }) => <Badge tone="info">{platform}</Badge>],
  package: ['Package', ({ package: name }) => <span className="mono">{name}</span>],
  development: ['Development', ({ development }) => (development === true ? 'yes: no appraisal' : null)],
  policy: ['Policy', policyOf],
  shadow_policy: null,
  evidence: ['Evidence', ({ evidence }) => ['software measurement', ...Object.keys(evidence)].join(', ')],
  optional_evidence: ['Optional evidence', ({ optional_evidence: kinds }) => kinds.join(', ') || 'none'],
  evidence_since: null,
  remedies: ['Remedies given in refusals', ({ remedies }) => remedies.join(', ') || 'none'],
  unvouched_per_day: ['New installations a day that nothing vouches for'],
  probes: ['Probes', ({ probes }) => probes.join(', ') || 'none'],
  min_version_code: ['Minimum version code'],
  beta_min_version_code: ['Minimum of beta'],
  internal_min_version_code: ['Minimum of internal'],
  signers: ['Signers', ({ signers }) => digests(signers) ?? 'none'],
  store_signers: ['Signers of the store', ({ store_signers: signers }) => digests(signers)],
  upload_signers: ['Upload keys', ({ upload_signers: signers }) => digests(signers)],
  teams: ['Teams'],
  references: ['References of users', ({ references }) => (references ? 'yes, unverified' : null)],
  let_through_tiers: [
    'Tiers that support may let through',
    ({ let_through_tiers: tiers }) => tiers.join(', ') || 'none',
  ],
  created_at: ['Registered', ({ created_at: at }) => <ExactTime at={at} />],
}

function propertiesOf(app: App): (readonly [string, ReactNode])[] {
  return (Object.keys(properties) as (keyof App)[]).flatMap((member) => {
    const property = properties[member]
    if (property === null) return []
    const [name, show = () => plain(app[member])] = property
    const value = show(app)
    return value === null ? [] : [[name, value] as const]
  })
}

/** A list with commas; what is not there is left out. */
function plain(value: App[keyof App]): ReactNode {
  if (Array.isArray(value)) return value.join(', ') || null
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : null
}

function rowsOf(builds: readonly BuildSummary[], seen: Activity['builds'] = []): BuildRow[] {
  const times = new Map(seen.map(({ build, last_seen_at: at }) => [build, at]))
  return builds.map((build) => ({ ...build, lastSeen: times.get(build.id) ?? null }))
}

function digests(of: readonly string[]): ReactNode {
  return of.length === 0 ? null : (
    <ul className="plain-list">
      {of.map((digest) => (
        <li key={digest} className="mono" title={digest}>
          {digest.slice(0, 16)}…
        </li>
      ))}
    </ul>
  )
}

function columnsFor(app: string, mayChange: boolean) {
  return column.columns([
    column.accessor('id', {
      header: 'Build',
      cell: ({ row: { original } }) => (
        <Link to="/apps/$app/builds/$build" params={{ app, build: original.id }} className="mono">
          {original.id}
        </Link>
      ),
    }),
    column.accessor('state', {
      header: 'State',
      cell: ({ getValue, row: { original } }) => (
        <>
          <StateBadge state={getValue()} /> <FirstDays until={original.difference_until} />
        </>
      ),
    }),
    column.accessor('channel', {
      header: 'Channel',
      cell: ({ getValue }) => (
        <Badge tone={getValue() === 'production' ? 'plain' : 'info'}>{getValue()}</Badge>
      ),
    }),
    column.accessor('version_code', { header: 'Version code' }),
    column.accessor('expires_at', { header: 'Expires', cell: time }),
    column.accessor(({ warnings }) => warnings.length, {
      id: 'warnings',
      header: 'Warnings',
      cell: ({ getValue, row: { original } }) =>
        getValue() === 0 ? (
          <span className="muted">none</span>
        ) : (
          <span className="warn-text" title={original.warnings.map(warningInWords).join('; ')}>
            {getValue()}
          </span>
        ),
    }),
    column.accessor('lastSeen', { header: 'Last passed', cell: time }),
    column.display({
      id: 'actions',
      header: actionsHeader,
      cell: ({ row: { original } }) =>
        mayChange ? <BuildActions build={original} isUnused={false} /> : null,
    }),
  ])
}

/** Marks a build of which devices get tokens although their code differs. */
function FirstDays({ until }: { until: string | null }) {
  if (until === null || Date.parse(until) <= Date.now()) return null
  return (
    <span title={`Devices whose code differs get warning at best until ${until}`}>
      <Badge tone="warn">first days</Badge>
    </span>
  )
}
