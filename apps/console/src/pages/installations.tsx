import { useId, useState, type ReactNode } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ListedInstallation } from '@assay/protocol/schemas'
import { findByTrace, findInstallations, installationsQuery } from '../api/installations.ts'
import { appsQuery } from '../api/queries.ts'
import { time } from '../ui/cells.tsx'
import { columnsOf, DataTable } from '../ui/data-table.tsx'
import { ChoiceField, useFilter } from '../ui/filters.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Empty, Loaded, Problem } from '../ui/states.tsx'

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
          return (
            <>
              <Search app={app} appChoice={appChoice} />
              <Remembered key={app} app={app} appChoice={data.length > 1 ? appChoice : null} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

const ways = [
  ['trace', 'Trace of a refusal'],
  ['key', 'Key (thumbprint)'],
  ['installation', 'Name at an API'],
  ['reference', 'What the app calls its user'],
] as const
type Way = (typeof ways)[number][0]

const placeholders: Readonly<Record<Way, string>> = {
  trace: 'the id that the app, or its log, shows beside the refusal',
  key: '43 characters: jkt of req.assay',
  installation: 'claim installation of its token',
  reference: 'as the app gives it; nobody has verified it',
}

interface Search {
  app: string
  appChoice: ReactNode
}

function Search({ app, appChoice }: Search) {
  const [way, setWay] = useState<Way>('trace')
  const [text, setText] = useState('')
  const [audience, setAudience] = useState('')
  const id = useId()
  const navigate = useNavigate()
  const work = useMutation({
    mutationFn: () => {
      const name = text.trim()
      if (way === 'trace') return findByTrace(name)
      return findInstallations(
        app,
        way === 'installation'
          ? { installation: name, audience: audience.trim() }
          : // Spaces belong to a reference.
            { [way]: way === 'reference' ? text : name },
      )
    },
    onSuccess: ([found, ...others]) => {
      // A reference is what an app says: even one find is shown as such before it is opened.
      if (found !== undefined && others.length === 0 && found.found_by !== 'reference')
        void navigate({ to: '/installations/$app/$key', params: { app: found.app, key: found.key } })
    },
  })
  return (
    <Section title="Find an installation">
      <form
        className="filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <ChoiceField
          label="By"
          value={way}
          choices={ways}
          onChoose={(chosen) => {
            setWay(chosen as Way)
            work.reset()
          }}
        />
        {way === 'trace' ? null : appChoice}
        {way === 'installation' ? (
          <span className="filter">
            <label htmlFor={`${id}-api`}>API</label>
            <input
              id={`${id}-api`}
              className="input"
              type="url"
              required
              placeholder="https://api.example.com"
              value={audience}
              onChange={({ target }) => setAudience(target.value)}
            />
          </span>
        ) : null}
        <span className="filter filter-wide">
          <label htmlFor={id}>{Object.fromEntries(ways)[way]}</label>
          <input
            id={id}
            className="input mono"
            spellCheck={false}
            autoComplete="off"
            required
            placeholder={placeholders[way]}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </span>
        <button type="submit" className="button button-primary" disabled={work.isPending}>
          Find
        </button>
      </form>
      {work.isError ? <Problem error={work.error} /> : null}
      <div role="status" className="muted">
        {work.data === undefined ? null : countInWords(work.data.length)}
      </div>
      {work.data === undefined ? null : <Found found={work.data} />}
    </Section>
  )
}

/** What is announced: a screen reader would otherwise read the whole table. */
const countInWords = (count: number): string =>
  count === 0
    ? 'No installation found'
    : count === 1
      ? '1 installation found'
      : `${count} installations found`

function Found({ found }: { found: readonly ListedInstallation[] }) {
  if (found.length === 0) return null
  return (
    <>
      {found.some(({ found_by: by }) => by === 'reference') ? (
        <p className="warn-text">
          This reference is what the app said. Nobody has verified the user behind it: do not act on it alone.
        </p>
      ) : null}
      <DataTable caption="Found" data={found} {...{ columns, looks, rowId }} />
    </>
  )
}

function Remembered({ app, appChoice }: Search) {
  const installations = useQuery(installationsQuery(app))
  return (
    <ListSection
      title={`Installations of ${app} with hardware evidence`}
      query={installations}
      filters={appChoice === null ? null : <div className="filters">{appChoice}</div>}
      {...{ columns, looks, rowId }}
      empty={
        <Empty title="No hardware evidence is remembered">
          Installations with software measurement alone can be found by their traces, for 30 days.
        </Empty>
      }
    />
  )
}
