import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { App } from '@assay/protocol'
import { appsQuery } from '../api/queries.ts'
import { Badge } from '../ui/badge.tsx'
import { columnsOf, DataTable } from '../ui/data-table.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

const column = columnsOf<App>()
const columns = column.columns([
  column.accessor('id', {
    header: 'App',
    cell: ({ row: { original } }) => (
      <Link to="/apps/$app" params={{ app: original.id }}>
        {original.name === '' ? original.id : original.name}
      </Link>
    ),
  }),
  column.accessor('package', {
    header: 'Package',
    cell: ({ getValue }) => <span className="mono">{getValue()}</span>,
  }),
  column.accessor('platform', {
    header: 'Platform',
    cell: ({ getValue }) => <Badge tone="info">{getValue()}</Badge>,
  }),
  column.accessor(({ evidence }) => Object.keys(evidence).join(', '), {
    id: 'evidence',
    header: 'Hardware and platform evidence',
    cell: ({ getValue }) => (getValue() === '' ? <span className="muted">software only</span> : getValue()),
  }),
  column.accessor('policy', {
    header: 'Policy',
    cell: ({ getValue }) => getValue() ?? <span className="muted">by default</span>,
  }),
  column.accessor('created_at', { header: 'Registered', cell: ({ getValue }) => <Time at={getValue()} /> }),
])
const looks = {
  id: { width: 14 },
  package: { width: 16, wideOnly: true },
  platform: { width: 7 },
  evidence: { width: 18, wideOnly: true },
  policy: { width: 9, wideOnly: true },
  created_at: { width: 8 },
}

export function AppsPage() {
  const apps = useQuery(appsQuery)
  return (
    <Page title="Apps and builds" lead="What may attest here. Choose an app to see its builds.">
      <Section title="Apps" flush>
        <Loaded query={apps}>
          {(data) =>
            data.length === 0 ? (
              <Empty title="No app is registered">
                Register one: <code>assay app add com.example.app --platform android</code>
              </Empty>
            ) : (
              <DataTable caption="Apps" columns={columns} looks={looks} data={data} rowId={({ id }) => id} />
            )
          }
        </Loaded>
      </Section>
    </Page>
  )
}
