import { useMemo } from 'react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ListedTrace } from '@assay/protocol/schemas'
import { given, refusalsQuery, type Filter } from '../api/pages.ts'
import { useConfined } from '../shell/may.ts'
import { OutcomeBadge } from '../ui/badge.tsx'
import { mono, reason, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ChoiceField, Filters, momentFields, More, useFilter } from '../ui/filters.tsx'
import { Export } from '../ui/export.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'

const column = columnsOf<ListedTrace>()
const columns = column.columns([
  column.accessor('at', { header: 'When', cell: time }),
  column.accessor('outcome', {
    header: 'Outcome',
    cell: ({ getValue }) => <OutcomeBadge outcome={getValue()} />,
  }),
  column.accessor('code', { header: 'Reason', cell: reason }),
  column.accessor('app', { header: 'App' }),
  column.accessor('build', { header: 'Build', cell: mono }),
  column.accessor('key', {
    header: 'Device',
    cell: ({ row: { original } }) =>
      original.key === null ? (
        <span className="muted">–</span>
      ) : (
        <Link
          to="/installations/$app/$key"
          params={{ app: original.app, key: original.key }}
          className="mono"
        >
          {original.key.slice(0, 8)}…
        </Link>
      ),
  }),
  column.accessor('trace', { header: 'Trace', cell: mono }),
])
const looks = {
  at: { width: 8, narrow: 8.6 },
  outcome: { width: 7, wideOnly: true },
  code: { width: 16, narrow: 12 },
  app: { width: 12, wideOnly: true },
  build: { width: 7, wideOnly: true },
  key: { width: 7.5, narrow: 7 },
  trace: { width: 10, wideOnly: true },
}

const fields = [
  { name: 'app', label: 'App', placeholder: 'com.example.app' },
  { name: 'build', label: 'Build', placeholder: '1.4.2+10402' },
  { name: 'key', label: 'Device', placeholder: 'thumbprint of its key' },
  { name: 'code', label: 'Reason', placeholder: 'SOFTWARE_SEGMENT_MISMATCH' },
  ...momentFields,
] as const

const outcomes = [
  ['', 'All'],
  ['denied', 'Refused'],
  ['malfunction', 'Malfunctions'],
  ['hearsay', 'Reported by SDKs'],
] as const

const hour = 3_600_000
const ages = [
  ['', 'As long as kept'],
  ['1', 'Last hour'],
  ['24', 'Last 24 hours'],
  ['168', 'Last 7 days'],
  ['720', 'Last 30 days'],
] as const

/** Every member: one that is missing does not compile. */
const exported: Readonly<Record<keyof ListedTrace, true>> = {
  at: true,
  outcome: true,
  code: true,
  app: true,
  build: true,
  key: true,
  trace: true,
}

const hasDates = ({ since = '', until = '' }: Filter): boolean => since !== '' || until !== ''

function filterOf({ hours = '', ...where }: Filter): Filter {
  // Dates say more than an age.
  if (hours === '' || hasDates(where)) return where
  // To the minute; otherwise the list would differ each time.
  const now = Math.floor(Date.now() / 60_000) * 60_000
  return { ...where, since: new Date(now - Number(hours) * hour).toISOString() }
}

/** The kept attestations that ended without a token; the filter is part of the address, so that it can be shared. */
export function RefusalsPage() {
  const filter = useFilter()
  const navigate = useNavigate()
  // Such a key must say of which app, unless it has one.
  const [own] = useConfined() ?? []
  const where = useMemo(
    () => filterOf(own === undefined ? filter : { app: own, ...given(filter) }),
    [filter, own],
  )
  const query = useInfiniteQuery(refusalsQuery(where))
  const ask = (next: Filter) =>
    void navigate({
      to: '/refusals',
      search: given(next),
    })
  return (
    <Page
      title="Refusals"
      lead="Attestations that ended without a token, of all nodes: the newest 100,000 of the last 30 days are kept."
    >
      <ListSection
        title="Kept refusals"
        query={query}
        columns={columns}
        looks={looks}
        rowId={({ trace }) => trace}
        sortable={false}
        actions={
          <Export
            name="refusals"
            path="v1/attestations"
            member="attestations"
            filter={where}
            columns={Object.keys(exported)}
          />
        }
        empty={<Empty title="No refusal matches">The newest 100,000 of the last 30 days are kept.</Empty>}
        filters={
          <Filters
            fields={fields}
            filter={filter}
            onChange={(next) => ask(hasDates(next) ? { ...next, hours: undefined } : next)}
          >
            <ChoiceField
              label="Outcome"
              value={filter['outcome'] ?? ''}
              choices={outcomes}
              onChoose={(outcome) => ask({ ...filter, outcome })}
            />
            <ChoiceField
              label="Age"
              value={filter['hours'] ?? ''}
              choices={ages}
              onChoose={(chosen) => ask({ ...filter, since: undefined, until: undefined, hours: chosen })}
            />
          </Filters>
        }
        foot={<More query={query} />}
      />
    </Page>
  )
}
