import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Build } from '@assay/protocol/schemas'
import { activityQuery, buildCountsQuery, buildHistoryQuery, buildQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge, StateBadge } from '../ui/badge.tsx'
import { code, mono, time } from '../ui/cells.tsx'
import { columnsOf, DataTable } from '../ui/data-table.tsx'
import { PassedAndRefused } from '../ui/links.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page, Properties, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'
import { BuildActions } from './build-actions.tsx'
import { BuildWarnings, versionOf } from './build-words.tsx'
import { ChangeBuild } from './change-build.tsx'
import { Variants } from './variants.tsx'

/** What `assay build show` says of a build. */
export function BuildPage() {
  const { app, build: id } = useParams({ from: '/apps/$app/builds/$build' })
  const build = useQuery(buildQuery(app, id))
  const seen = useQuery(activityQuery(app)).data?.builds
  const mayChange = useMay('admin')
  const lastSeen = seen?.find((one) => one.build === id)?.last_seen_at ?? null
  return (
    <Page
      title={`Build ${id}`}
      lead={
        <>
          of{' '}
          <Link to="/apps/$app" params={{ app }} className="mono">
            {app}
          </Link>
        </>
      }
      actions={
        build.data !== undefined && mayChange ? (
          <span className="row-actions">
            <ChangeBuild build={build.data} />
            <BuildActions build={build.data} isUnused={seen !== undefined && lastSeen === null} />
          </span>
        ) : undefined
      }
    >
      <Loaded query={build}>
        {(data) => (
          <>
            <div className="columns">
              <Section title="Registration">
                <Properties>{propertiesOf(data, lastSeen)}</Properties>
              </Section>
              <div className="stack">
                <Counts app={app} build={id} />
                <Variants build={data} mayChange={mayChange} />
              </div>
            </div>
            <Segments build={data} />
          </>
        )}
      </Loaded>
      {build.data === undefined ? null : <History app={app} build={id} />}
    </Page>
  )
}

function propertiesOf(build: Build, lastSeen: string | null) {
  const { splits } = build
  const signers = build.signers.map((digest) => digest.slice(0, 16)).join(', ')
  return [
    ['State', <StateBadge state={build.state} />],
    ['Channel', <Badge tone={build.channel === 'production' ? 'plain' : 'info'}>{build.channel}</Badge>],
    ['Version', versionOf(build)],
    ['Registered', <ExactTime at={build.created_at} />],
    ['Expires', <ExactTime at={build.expires_at} />],
    ['First days, until', <ExactTime at={build.difference_until} absent="none: its code may not differ" />],
    ['Last passed', <ExactTime at={lastSeen} />],
    ['Framework', `${build.framework}, SDK ${build.sdk ?? 'not found'}`],
    ['Coverage', build.coverage],
    ['Debuggable', build.debuggable ? <Badge tone="bad">yes</Badge> : 'no'],
    ['Signed by', signers === '' ? '–' : <span className="mono">{signers}</span>],
    ['Warnings', <BuildWarnings of={build.warnings} />],
    ...(build.base === null ? [] : [['Update of', build.base] as const]),
    ...(splits === null ? [] : [['ABIs', splits.abis.join(', ')] as const]),
    ['Digest', <span className="mono">{build.image_digest.slice(0, 16)}…</span>],
  ] as const
}

function Counts({ app, build }: { app: string; build: string }) {
  const counts = useQuery(buildCountsQuery(app))
  return (
    <Section title="Attestations since registration">
      <Loaded query={counts}>
        {(all) => {
          const own = all.filter((one) => one.build === build)
          return own.length === 0 ? (
            <Empty title="No attestations yet" />
          ) : (
            <ul className="rows">
              {own.map(({ abi, variant, passed, refused }) => (
                <li key={`${abi} ${variant}`}>
                  <span className="grow muted">
                    {abi === '' ? 'all ABIs' : abi}, {variant === '' ? 'the image registered first' : variant}
                  </span>
                  <PassedAndRefused {...{ app, build, passed, refused }} />
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Section>
  )
}

type Segment = Build['segments'][number]
const column = columnsOf<Segment>()
const columns = column.columns([
  column.accessor('name', { header: 'Segment', cell: mono }),
  column.accessor('kind', { header: 'Kind' }),
  column.accessor('length', { header: 'Bytes', cell: ({ getValue }) => getValue().toLocaleString('en') }),
  column.accessor('sha256', { header: 'SHA-256', cell: mono }),
])
const looks = {
  name: { width: 20 },
  kind: { width: 7, wideOnly: true },
  length: { width: 7 },
  sha256: { width: 16, wideOnly: true },
}

function Segments({ build }: { build: Build }) {
  return (
    <Section title="Measured segments" flush>
      <DataTable
        caption="Segments"
        columns={columns}
        looks={looks}
        data={build.segments}
        rowId={({ name }) => name}
      />
    </Section>
  )
}

interface Act {
  number: number
  at: string
  key_name: string
  action: string
}
const act = columnsOf<Act>()
const acts = act.columns([
  act.accessor('action', { header: 'Action', cell: code }),
  act.accessor('key_name', { header: 'By key' }),
  act.accessor('at', { header: 'When', cell: time }),
])

function History({ app, build }: { app: string; build: string }) {
  const history = useQuery(buildHistoryQuery(app, build))
  return (
    <ListSection
      title="History"
      query={history}
      columns={acts}
      looks={{ action: { width: 10 }, key_name: { width: 12, wideOnly: true }, at: { width: 8 } }}
      rowId={({ number }) => String(number)}
      sortable={false}
      empty={<Empty title="The audit log says nothing about this build" />}
    />
  )
}
