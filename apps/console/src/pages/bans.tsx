import { useId, useMemo, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch, useNavigate } from '@tanstack/react-router'
import type { longestAllowEntry } from '@assay/protocol'
import type { AllowEntry, Ban } from '@assay/protocol/schemas'
import { changes, perform, type Change } from '../api/changes.ts'
import { allowQuery, apisQuery, appsQuery, bansQuery } from '../api/queries.ts'
import { useKeyNames } from '../shell/key-names.ts'
import { useConfined, useMay, useMayLift } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { CliLine } from '../ui/cli-line.tsx'
import { actionsHeader, mono, orElse, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { Details } from '../ui/details.tsx'
import { keyKindInWords } from '../ui/key-kinds.ts'
import { ListSection } from '../ui/list-section.tsx'
import { Properties, Page, Section } from '../ui/page.tsx'
import { Empty, Loaded, Problem } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'
import { LiftBan, liftedByOthers } from './lift-ban.tsx'

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
      lead={
        <>
          Installations and phones that get no more tokens, and test devices that get them although the policy
          refuses them. To ban the device behind a refusal,{' '}
          <Link to="/installations">find its installation</Link>.
        </>
      }
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
  id: { width: 12, narrow: 8 },
  kind: { width: 9.5, wideOnly: true },
  note: { width: 15, wideOnly: true },
  author: { width: 9, wideOnly: true },
  at: { width: 7, wideOnly: true },
  until: { width: 7, narrow: 6.5 },
  actions: { width: 6, narrow: 6 },
}

function BansOf({ app }: { app: string }) {
  const bans = useQuery(bansQuery(app))
  const mayChange = useMay('support')
  const mayLift = useMayLift()
  const nameOf = useKeyNames()
  const columns = useMemo(
    () =>
      ban.columns([
        ban.accessor('vouching_key', { id: 'id', header: 'Key', cell: mono }),
        ban.accessor('kind', { header: 'Kind of key', cell: ({ getValue }) => keyKindInWords(getValue()) }),
        ban.accessor('note', { header: 'Why', cell: orElse('–') }),
        ban.accessor('author', { header: 'By', cell: ({ row: { original } }) => nameOf(original.author) }),
        ban.accessor('created_at', { id: 'at', header: 'Since', cell: time }),
        ban.accessor('expires_at', { id: 'until', header: 'Ends', cell: time }),
        ban.display({
          id: 'actions',
          header: actionsHeader,
          cell: ({ row: { original } }) => {
            const { vouching_key: id } = original
            const properties = <BanProperties ban={original} by={nameOf(original.author)} />
            return mayLift(original) ? (
              <LiftBan ban={original}>{properties}</LiftBan>
            ) : (
              <Details of={`the ban of ${id}`} title={`Ban of ${shortened(id)}`}>
                {mayChange ? <p>{liftedByOthers}</p> : null}
                {properties}
              </Details>
            )
          },
        }),
      ]),
    [mayChange, mayLift, nameOf],
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
          changeOf={(named, terms) => changes.ban(app, named, terms)}
          label="Ban"
          danger
          done="Banned: the hardware’s key where hardware vouches for the installation, otherwise its own."
          days={{ most: 3650, suggested: '', label: 'Days until the ban ends; empty: until it is lifted' }}
        />
      ) : null}
    </>
  )
}

/** All details of a ban: its row truncates some, and on narrow screens omits most. */
function BanProperties({
  ban: { kind, vouching_key: key, note, created_at: at, expires_at: end },
  by,
}: {
  ban: Ban
  by: string
}) {
  return (
    <Properties>
      {[
        ['Key', <span className="mono">{key}</span>],
        ['Kind of key', keyKindInWords(kind)],
        ...whyAndBy(note, by),
        ['Since', <ExactTime at={at} />],
        ['Ends', <ExactTime at={end} absent="when it is lifted" />],
      ]}
    </Properties>
  )
}

/** Enough of a name to know it again in a heading; the whole stands below. */
const shortened = (name: string): string => (name.length > 16 ? `${name.slice(0, 16)}…` : name)

const whyAndBy = (note: string | null, by: string) =>
  [
    ['Why', note ?? '–'],
    ['By key', by],
  ] as const

const allowed = columnsOf<AllowEntry>()
const allowLooks = {
  installation: { width: 12, narrow: 8 },
  audience: { width: 13, wideOnly: true },
  note: { width: 14, wideOnly: true },
  author: { width: 9, wideOnly: true },
  until: { width: 7, narrow: 6.5 },
  actions: { width: 7.5, narrow: 7.5 },
}

function AllowedOf({ app }: { app: string }) {
  const devices = useQuery(allowQuery(app))
  const mayChange = useMay('policy')
  const nameOf = useKeyNames()
  const columns = useMemo(
    () =>
      allowed.columns([
        allowed.accessor('installation', { header: 'Installation', cell: mono }),
        allowed.accessor('audience', { header: 'At the API', cell: mono }),
        allowed.accessor('note', { header: 'Why', cell: orElse('–') }),
        allowed.accessor('author', {
          header: 'By',
          cell: ({ row: { original } }) => nameOf(original.author),
        }),
        allowed.accessor('expires_at', { id: 'until', header: 'Ends', cell: time }),
        allowed.display({
          id: 'actions',
          header: actionsHeader,
          cell: ({ row: { original } }) => {
            const { installation, audience } = original
            const properties = <AllowedProperties device={original} by={nameOf(original.author)} />
            return mayChange ? (
              <ConfirmedAction
                label="Remove"
                title={`Remove the test device ${shortened(installation)} of ${app} at ${audience}?`}
                small
                change={changes.removeTestDevice(app, { audience, installation })}
              >
                <p>From now on, the policy decides about it again.</p>
                {properties}
              </ConfirmedAction>
            ) : (
              <Details
                of={`the test device ${installation}`}
                title={`Test device ${shortened(installation)}`}
              >
                {properties}
              </Details>
            )
          },
        }),
      ]),
    [app, mayChange, nameOf],
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
            The token of a test device keeps its tier, and says that it was let through.
          </Empty>
        }
      />
      {mayChange ? (
        <NameInstallation
          app={app}
          title="Let a test device through"
          path="allow"
          changeOf={(named, terms) => changes.addTestDevice(app, named, terms)}
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
  device: { installation, audience, note, created_at: at, expires_at: end },
  by,
}: {
  device: AllowEntry
  by: string
}) {
  return (
    <Properties>
      {[
        ['Installation', <span className="mono">{installation}</span>],
        ['At the API', <span className="mono">{audience}</span>],
        ...whyAndBy(note, by),
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
  changeOf: (
    named: { audience: string; installation: string },
    terms: { note: string; span: string },
  ) => Change
  label: string
  danger?: boolean
  done: string
  days: { most: number; suggested: string; label: string; required?: boolean }
}

/** A form that names an installation as the tokens of an API do. */
function NameInstallation({
  app,
  title,
  path,
  changeOf,
  label,
  danger = false,
  done,
  days,
}: NameInstallationProps) {
  // A support key may not list APIs, and each attempt would be in the audit log.
  const mayList = useConfined() === undefined
  const apis = useQuery({ ...apisQuery, enabled: mayList })
  const audiences = apis.data?.filter(({ apps }) => apps.includes(app)).map(({ audience }) => audience) ?? []
  const [audience, setAudience] = useState('')
  const [installation, setInstallation] = useState('')
  const [note, setNote] = useState('')
  const [span, setSpan] = useState(days.suggested)
  const id = useId()
  const queries = useQueryClient()
  const change = changeOf(
    { audience: audience || (audiences[0] ?? ''), installation: installation.trim() },
    { note, span },
  )
  const work = useMutation({
    mutationFn: () => perform(change),
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
        <label htmlFor={`${id}-api`}>API whose token names the installation</label>
        {apis.isError || !mayList ? (
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
        <label htmlFor={`${id}-installation`}>
          Installation: claim <code>installation</code> of that token
        </label>
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
        {installation.trim() === '' ? null : <CliLine command={change.command} />}
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
