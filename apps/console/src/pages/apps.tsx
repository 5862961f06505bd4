import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { App } from '@assay/protocol/schemas'
import { policyOf } from '@assay/cli/explain'
import { appsQuery } from '../api/queries.ts'
import { RegistrationDialog } from '../forms/registration-dialog.tsx'
import { useMay } from '../shell/may.ts'
import { Badge } from '../ui/badge.tsx'
import { mono, orElse, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { useAppFields } from './app-actions.tsx'

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
  column.accessor('package', { header: 'Package', cell: mono }),
  column.accessor('platform', {
    header: 'Platform',
    cell: ({ getValue }) => <Badge tone="info">{getValue()}</Badge>,
  }),
  column.accessor(({ evidence }) => Object.keys(evidence).join(', '), {
    id: 'evidence',
    header: 'Platform evidence',
    cell: orElse('software only'),
  }),
  column.accessor(policyOf, { id: 'policy', header: 'Policy' }),
  column.accessor('created_at', { header: 'Registered', cell: time }),
])
const looks = {
  id: { width: 13 },
  package: { width: 14, wideOnly: true },
  platform: { width: 7 },
  evidence: { width: 14, wideOnly: true },
  policy: { width: 13, wideOnly: true },
  created_at: { width: 8, wideOnly: true },
}

export function AppsPage() {
  const apps = useQuery(appsQuery)
  const fields = useAppFields()
  const mayChange = useMay('admin')
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title="Apps and builds"
      lead="The apps that may attest here. Choose one to see its builds."
      actions={
        mayChange ? (
          <button
            type="button"
            className="button button-primary"
            aria-haspopup="dialog"
            onClick={() => setAdding(true)}
          >
            Register an app
          </button>
        ) : undefined
      }
    >
      <ListSection
        title="Apps"
        query={apps}
        columns={columns}
        looks={looks}
        rowId={({ id }) => id}
        empty={
          <Empty title="No app is registered">
            Register one with the button above, or on the command line:{' '}
            <code>assay app add com.example.app --platform android</code>
          </Empty>
        }
      />
      {adding ? (
        <RegistrationDialog
          title="Register an app"
          label="Register"
          fields={fields}
          path="v1/apps"
          command="app add"
          onClose={() => setAdding(false)}
        />
      ) : null}
    </Page>
  )
}
