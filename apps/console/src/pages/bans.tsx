import { useId, useMemo, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch, useNavigate } from '@tanstack/react-router'
import type { longestAllowEntry } from '@assay/protocol'
import type { AllowEntry, Ban } from '@assay/protocol/schemas'
import { call, segment } from '../api/client.ts'
import { allowQuery, apisQuery, appsQuery, bansQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { actionsHeader, mono, orElse, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { Details } from '../ui/details.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Properties, Page, Section } from '../ui/page.tsx'
import { Empty, Loaded, Problem } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'

/** Days. Tied to the contract by its type only, so that the rest of the contract stays out of the page. */
const longestDays: typeof longestAllowEntry = 90

export function BansPage() {
  const apps = useQuery(appsQuery)
  const { app: requested }: { app?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const field = useId()
  return (
    <Page
      title="Bans and test devices"
      lead="Installations, and phones, that get no more tokens; and test devices that get them though the policy refuses them."
    >
      <Loaded query={apps}>
        {(data) => {
          const app = data.find(({ id }) => id === requested)?.id ?? data[0]?.id
          if (app === undefined) return <Empty title="No app is registered" />
          return (
            <>
              <div className="filters">
                <label htmlFor={field}>App</label>
                <select
                  id={field}
                  className="input"
                  value={app}
                  onChange={(event) => void navigate({ to: '/bans', search: { app: event.target.value } })}
                >
                  {data.map(({ id }) => (
                    <option key={id}>{id}</option>
                  ))}
                </select>
              </div>
              <BansOf key={`bans ${app}`} app={app} />
              <AllowedOf key={`allowed ${app}`} app={app} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

const ban = columnsOf<Ban>()
const banLooks = {
  id: { width: 14, narrow: 8 },
  kind: { width: 10, wideOnly: true },
  note: { width: 11, wideOnly: true },
  author: { width: 8, wideOnly: true },
  at: { width: 7.5, wideOnly: true },
  until: { width: 7.5, narrow: 6.5 },
  actions: { width: 6.5, narrow: 6 },
}

function BansOf({ app }: { app: string }) {
  const bans = useQuery(bansQuery(app))
  const mayChange = useMay('support')
  const columns = useMemo(
    () =>
      ban.columns([
        ban.accessor('vouching_key', { id: 'id', header: 'Key', cell: mono }),
        ban.accessor('kind', { header: 'Kind of key' }),
        ban.accessor('note', { header: 'Why', cell: orElse('–') }),
        ban.accessor('author', { header: 'By key', cell: orElse('the machine') }),
        ban.accessor('created_at', { id: 'at', header: 'Since', cell: time }),
        ban.accessor('expires_at', { id: 'until', header: 'Ends', cell: time }),
        ban.display({
          id: 'actions',
          header: actionsHeader,
          cell: ({ row: { original } }) => {
            const { kind, vouching_key: id } = original
            const properties = <BanProperties ban={original} />
            return mayChange ? (
              <ConfirmedAction
                label="Lift"
                title={`Lift the ban of ${shortened(id)} of ${app}?`}
                small
                run={() => call('DELETE', `v1/apps/${segment(app)}/bans/${segment(kind)}/${segment(id)}`)}
              >
                <p>Installations behind this key may attest again.</p>
                {properties}
              </ConfirmedAction>
            ) : (
              <Details of={`the ban of ${id}`} title="A ban">
                {properties}
              </Details>
            )
          },
        }),
      ]),
    [app, mayChange],
  )
  return (
    <>
      <ListSection
        title={`Bans of ${app}`}
        query={bans}
        columns={columns}
        looks={banLooks}
        rowId={({ kind, vouching_key: key }) => `${kind}:${key}`}
        empty={<Empty title="Nobody is banned" />}
      />
      {mayChange ? (
        <NameInstallation
          app={app}
          title="Ban an installation"
          path="bans"
          label="Ban"
          danger
          done="It is banned: with hardware behind it the hardware’s key, and otherwise its own."
          days={{ most: 3650, suggested: '', label: 'Days until the ban ends; empty: when it is lifted' }}
        />
      ) : null}
    </>
  )
}

/** All details of a ban: its row truncates some, and on narrow screens omits most. */
function BanProperties({
  ban: { kind, vouching_key: key, note, author, created_at: at, expires_at: end },
}: {
  ban: Ban
}) {
  return (
    <Properties>
      {[
        ['Key', <span className="mono">{key}</span>],
        ['Kind of key', kind],
        ...whyAndBy(note, author),
        ['Since', <ExactTime at={at} />],
        ['Ends', <ExactTime at={end} />],
      ]}
    </Properties>
  )
}

/** Enough of a name to know it again in a heading; the whole stands below. */
const shortened = (name: string): string => (name.length > 16 ? `${name.slice(0, 16)}…` : name)

const whyAndBy = (note: string | null, author: string | null) =>
  [
    ['Why', note ?? '–'],
    ['By key', author ?? 'the machine'],
  ] as const

const allowed = columnsOf<AllowEntry>()
const allowLooks = {
  installation: { width: 14, narrow: 8 },
  audience: { width: 12, wideOnly: true },
  note: { width: 11, wideOnly: true },
  author: { width: 8, wideOnly: true },
  until: { width: 7.5, narrow: 6.5 },
  actions: { width: 7, narrow: 6.5 },
}

function AllowedOf({ app }: { app: string }) {
  const devices = useQuery(allowQuery(app))
  const mayChange = useMay('policy')
  const columns = useMemo(
    () =>
      allowed.columns([
        allowed.accessor('installation', { header: 'Installation', cell: mono }),
        allowed.accessor('audience', { header: 'At the API', cell: mono }),
        allowed.accessor('note', { header: 'Why', cell: orElse('–') }),
        allowed.accessor('author', { header: 'By key', cell: orElse('the machine') }),
        allowed.accessor('expires_at', { id: 'until', header: 'Ends', cell: time }),
        allowed.display({
          id: 'actions',
          header: actionsHeader,
          cell: ({ row: { original } }) => {
            const { installation, audience } = original
            const query = new URLSearchParams({ audience }).toString()
            const properties = <AllowedProperties device={original} />
            return mayChange ? (
              <ConfirmedAction
                label="Remove"
                title={`Remove the test device ${shortened(installation)} of ${app}?`}
                small
                run={() => call('DELETE', `v1/apps/${segment(app)}/allow/${segment(installation)}?${query}`)}
              >
                <p>The policy decides on it again from now on.</p>
                {properties}
              </ConfirmedAction>
            ) : (
              <Details of={`the test device ${installation}`} title="A test device">
                {properties}
              </Details>
            )
          },
        }),
      ]),
    [app, mayChange],
  )
  return (
    <>
      <ListSection
        title={`Test devices of ${app}`}
        query={devices}
        columns={columns}
        looks={allowLooks}
        rowId={({ installation, audience }) => `${installation} ${audience}`}
        empty={
          <Empty title="No test device is let through">
            Their tokens keep the tier that they have, and say that they are allowed.
          </Empty>
        }
      />
      {mayChange ? (
        <NameInstallation
          app={app}
          title="Let a test device through"
          path="allow"
          label="Let through"
          done="It gets tokens of this API, whatever the policy says."
          days={{
            most: longestDays,
            suggested: '30',
            label: `Days until it ends, at most ${longestDays}`,
            required: true,
          }}
        />
      ) : null}
    </>
  )
}

function AllowedProperties({
  device: { installation, audience, note, author, created_at: at, expires_at: end },
}: {
  device: AllowEntry
}) {
  return (
    <Properties>
      {[
        ['Installation', <span className="mono">{installation}</span>],
        ['At the API', <span className="mono">{audience}</span>],
        ...whyAndBy(note, author),
        ['Since', <ExactTime at={at} />],
        ['Ends', <ExactTime at={end} />],
      ]}
    </Properties>
  )
}

interface NameInstallationProps {
  app: string
  title: string
  /** The list that it is added to. */
  path: 'bans' | 'allow'
  label: string
  danger?: boolean
  done: string
  days: { most: number; suggested: string; label: string; required?: boolean }
}

/** A form that names an installation as the tokens of an API do. */
function NameInstallation({ app, title, path, label, danger = false, done, days }: NameInstallationProps) {
  const apis = useQuery(apisQuery)
  const audiences = apis.data?.filter(({ apps }) => apps.includes(app)).map(({ audience }) => audience) ?? []
  const [audience, setAudience] = useState('')
  const [installation, setInstallation] = useState('')
  const [note, setNote] = useState('')
  const [span, setSpan] = useState(days.suggested)
  const id = useId()
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: () =>
      call('POST', `v1/apps/${segment(app)}/${path}`, {
        body: {
          audience: audience === '' ? audiences[0] : audience,
          installation: installation.trim(),
          ...(note.trim() === '' ? {} : { note: note.trim() }),
          ...(span === ''
            ? {}
            : { expires_at: new Date(Date.now() + Number(span) * 86_400_000).toISOString() }),
        },
      }),
    onSuccess: async () => {
      setInstallation('')
      setNote('')
      await queries.invalidateQueries({ queryKey: ['apps', app, path] })
    },
  })
  return (
    <Section title={title}>
      <form
        className="stacked-form"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <label htmlFor={`${id}-api`}>The API whose token names it</label>
        {apis.isError ? (
          <input
            id={`${id}-api`}
            className="input"
            type="url"
            required
            value={audience}
            onChange={(event) => setAudience(event.target.value)}
          />
        ) : (
          <select
            id={`${id}-api`}
            className="input"
            value={audience}
            onChange={(event) => setAudience(event.target.value)}
          >
            {audiences.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
        <label htmlFor={`${id}-installation`}>Installation, as the token calls it (claim installation)</label>
        <input
          id={`${id}-installation`}
          className="input mono"
          spellCheck={false}
          autoComplete="off"
          value={installation}
          onChange={(event) => setInstallation(event.target.value)}
        />
        <label htmlFor={`${id}-note`}>Why, for whoever reads the list</label>
        <input
          id={`${id}-note`}
          className="input"
          maxLength={256}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <label htmlFor={`${id}-days`}>{days.label}</label>
        <input
          id={`${id}-days`}
          className="input"
          type="number"
          min={1}
          max={days.most}
          required={days.required}
          value={span}
          onChange={(event) => setSpan(event.target.value)}
        />
        {work.isError ? <Problem error={work.error} /> : null}
        {work.isSuccess ? (
          <p className="good-text" role="status">
            {done}
          </p>
        ) : null}
        <div className="form-foot">
          <button
            type="submit"
            className={`button ${danger ? 'button-danger' : 'button-primary'}`}
            disabled={
              work.isPending || installation.trim() === '' || (audience === '' && audiences.length === 0)
            }
          >
            {label}
          </button>
        </div>
      </form>
    </Section>
  )
}
