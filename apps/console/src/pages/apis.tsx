import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Api } from '@assay/protocol/schemas'
import { apisQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge, TierBadge } from '../ui/badge.tsx'
import { orElse } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { AddApi } from './api-actions.tsx'

const column = columnsOf<Api>()
const columns = column.columns([
  column.accessor('audience', {
    header: 'API',
    cell: ({ getValue }) => (
      <Link to="/apis/$api" params={{ api: getValue() }} className="mono">
        {getValue()}
      </Link>
    ),
  }),
  column.accessor('enforcement', {
    header: 'Enforcement',
    cell: ({ getValue }) => <Badge tone={getValue() === 'enforce' ? 'good' : 'warn'}>{getValue()}</Badge>,
  }),
  column.accessor(({ tiers }) => tiers.join(' '), {
    id: 'tiers',
    header: 'Admits',
    cell: ({ row: { original } }) => (
      <span className="badges">
        {original.tiers.map((tier) => (
          <TierBadge key={tier} tier={tier} />
        ))}
      </span>
    ),
  }),
  column.accessor(({ token, mode }) => `${token}, ${mode}`, { id: 'mode', header: 'Tokens' }),
  column.accessor(({ apps }) => apps.join(', '), { id: 'apps', header: 'Apps' }),
  column.accessor('policy', { header: 'Policy', cell: orElse('the app’s') }),
])
const looks = {
  audience: { width: 15.5, narrow: 11 },
  enforcement: { width: 8, narrow: 8 },
  tiers: { width: 14.5, wideOnly: true },
  mode: { width: 10.5, wideOnly: true },
  apps: { width: 12.5, wideOnly: true },
  policy: { width: 6.5, wideOnly: true },
}

export function ApisPage() {
  const apis = useQuery(apisQuery)
  const mayChange = useMay('admin')
  return (
    <Page
      title="APIs"
      lead="The APIs that tokens are issued for, and the tiers that each admits."
      actions={mayChange ? <AddApi /> : undefined}
    >
      <ListSection
        title="APIs"
        query={apis}
        columns={columns}
        looks={looks}
        rowId={({ audience }) => audience}
        empty={
          <Empty title="No API is registered">
            Register one with the button above, or on the command line:{' '}
            <code>assay api add https://api.example.com --app com.example.app --tier affirming</code>
          </Empty>
        }
      />
    </Page>
  )
}
