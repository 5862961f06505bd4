import type { RecentOutcome } from '@assay/service'
import { live, type LiveState } from '../api/live.ts'
import { OutcomeBadge } from './badge.tsx'
import { mono, reason } from './cells.tsx'
import { columnsOf, DataTable } from './data-table.tsx'
import { number } from './numbers.ts'
import { Empty } from './states.tsx'
import { ClockTime, ZoneHeader } from './time.tsx'

const column = columnsOf<RecentOutcome>()
const columns = column.columns([
  column.accessor('at', {
    header: () => <ZoneHeader name="Time" />,
    cell: ({ getValue }) => <ClockTime at={getValue()} />,
  }),
  column.accessor('outcome', {
    header: 'Outcome',
    cell: ({ getValue }) => <OutcomeBadge outcome={getValue()} />,
  }),
  column.accessor('code', { header: 'Reason', cell: reason }),
  column.accessor('app', { header: 'App' }),
  column.accessor('build', { header: 'Build', cell: mono }),
  column.accessor('trace', { header: 'Trace', cell: mono }),
])
const looks = {
  at: { width: 7.5, narrow: 7.5 },
  outcome: { width: 7.5, narrow: 6.6 },
  code: { width: 14, narrow: 9.6 },
  app: { width: 12, wideOnly: true },
  build: { width: 8, wideOnly: true },
  trace: { width: 13, wideOnly: true },
}

const words: Readonly<Record<LiveState['status'], string>> = {
  connecting: 'Connecting',
  open: 'Live',
  waiting: 'Connection lost, trying again',
  closed: 'Not connected',
}

export function LiveStatus({ state: { status, leftOut, nodes } }: { state: LiveState }) {
  const isAlone = status === 'open' && nodes === 'this'
  return (
    <span className={`live live-${isAlone ? 'alone' : status}`}>
      <span role="status">
        {words[status]}
        {isAlone ? ', only this node: the database does not answer' : null}
      </span>
      {leftOut > 0 ? (
        <span className="muted small">{number.format(leftOut)} more came too fast to be listed</span>
      ) : null}
      {status === 'closed' ? (
        <button type="button" className="button button-small" onClick={live.reopen}>
          Connect again
        </button>
      ) : null}
    </span>
  )
}

export function LiveTable({ outcomes }: { outcomes: readonly RecentOutcome[] }) {
  return outcomes.length === 0 ? (
    <Empty title="Nothing yet">Attestations appear here as they come.</Empty>
  ) : (
    <DataTable
      caption="Recent attestations, the newest first"
      columns={columns}
      looks={looks}
      data={outcomes}
      rowId={({ trace, outcome }) => `${trace} ${outcome}`}
      sortable={false}
    />
  )
}
