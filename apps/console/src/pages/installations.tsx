import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ListedInstallation } from '@assay/protocol/schemas'
import { installationsQuery } from '../api/installations.ts'
import { appsQuery } from '../api/queries.ts'
import { time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ChoiceField, useFilter } from '../ui/filters.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'

const column = columnsOf<ListedInstallation>()
const columns = column.columns([
  column.accessor('key', {
    header: 'Installation key',
    cell: ({ row: { original } }) => (
      <Link to="/installations/$app/$key" params={{ app: original.app, key: original.key }} className="mono">
        {original.key}
      </Link>
    ),
  }),
  column.accessor('remembered', {
    header: 'Known by',
    cell: ({ getValue }) => (getValue() === true ? 'evidence' : 'traces'),
  }),
  column.accessor('first_seen', { header: 'First seen', cell: time }),
  column.accessor('last_seen', { header: 'Last seen', cell: time }),
])
const looks = {
  key: { width: 20, narrow: 12 },
  remembered: { width: 6, wideOnly: true },
  first_seen: { width: 7.5, wideOnly: true },
  last_seen: { width: 7.5 },
}
const rowId = ({ app, key }: ListedInstallation) => `${app} ${key}`

/** The way from whatever names a device to what is known of it. */
export function InstallationsPage() {
  const apps = useQuery(appsQuery)
  const { app: requested } = useFilter()
  const navigate = useNavigate()
  return (
    <Page
      title="Installations"
      lead="The device behind a refusal: what is known of it, and what you can do about it."
    >
      <Loaded query={apps}>
        {(data) => {
          const app = data.find(({ id }) => id === requested)?.id ?? data[0]?.id
          if (app === undefined) return <Empty title="No app is registered" />
          const appChoice = (
            <ChoiceField
              label="App"
              value={app}
              choices={data.map(({ id }) => [id, id] as const)}
              onChoose={(chosen) =>
                void navigate({ to: '/installations', search: { app: chosen } as object })
              }
            />
          )
          return <Remembered key={app} app={app} appChoice={data.length > 1 ? appChoice : null} />
        }}
      </Loaded>
    </Page>
  )
}

interface Remembered {
  app: string
  appChoice: ReactNode
}

function Remembered({ app, appChoice }: Remembered) {
  const installations = useQuery(installationsQuery(app))
  return (
    <ListSection
      title={`Installations of ${app} with hardware evidence`}
      query={installations}
      filters={appChoice === null ? null : <div className="filters">{appChoice}</div>}
      {...{ columns, looks, rowId }}
      empty={
        <Empty title="No hardware evidence is remembered">
          “Find anything” also finds installations with software measurement alone, by their traces, for 30
          days.
        </Empty>
      }
    />
  )
}
