import { useQuery } from '@tanstack/react-query'
import type { Api } from '@assay/protocol/schemas'
import { apisQuery } from '../api/queries.ts'
import { Badge, TierBadge } from '../ui/badge.tsx'
import { mono, orElse } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'

const column = columnsOf<Api>()
const columns = column.columns([
  column.accessor('audience', { header: 'API', cell: mono }),
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
  column.accessor(({ channels }) => channels.join(', '), { id: 'channels', header: 'Channels' }),
  column.accessor('token', { header: 'Kind' }),
  column.accessor('mode', { header: 'Tokens' }),
  column.accessor('token_lifetime', { header: 'Lifetime', cell: ({ getValue }) => `${getValue()} s` }),
  column.accessor(({ apps }) => apps.join(', '), { id: 'apps', header: 'Apps' }),
  column.accessor('policy', { header: 'Policy', cell: orElse('the app’s') }),
])
const looks = {
  audience: { width: 16 },
  enforcement: { width: 8 },
  tiers: { width: 13, wideOnly: true },
  channels: { width: 7, wideOnly: true },
  token: { width: 7, wideOnly: true },
  mode: { width: 6, wideOnly: true },
  token_lifetime: { width: 5.5, wideOnly: true },
  apps: { width: 14, wideOnly: true },
  policy: { width: 8, wideOnly: true },
}

export function ApisPage() {
  const apis = useQuery(apisQuery)
  return (
    <Page title="APIs" lead="What tokens are issued for, and which tiers each admits.">
      <ListSection
        title="APIs"
        query={apis}
        columns={columns}
        looks={looks}
        rowId={({ audience }) => audience}
        empty={
          <Empty title="No API is registered">
            Register one:{' '}
            <code>assay api add https://api.example.com --app com.example.app --tier affirming</code>
          </Empty>
        }
      />
    </Page>
  )
}
