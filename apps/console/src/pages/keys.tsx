import { useId, useMemo, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiKeyScope } from '@assay/protocol'
import type { CreatedApiKey, ListedApiKey } from '@assay/protocol/schemas'
import { changes, isOfApps, perform } from '../api/changes.ts'
import { appsQuery, keysQuery } from '../api/queries.ts'
import { sessionQuery } from '../api/session.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { Badge } from '../ui/badge.tsx'
import { actionsHeader, mono, time } from '../ui/cells.tsx'
import { CliLine } from '../ui/cli-line.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page, Properties } from '../ui/page.tsx'
import { Empty, Problem } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'

const column = columnsOf<ListedApiKey>()
const looks = {
  name: { width: 12.5, narrow: 8.5 },
  scope: { width: 13.5, narrow: 8 },
  prefix: { width: 8, wideOnly: true },
  apps: { width: 9, wideOnly: true },
  expires_at: { width: 7.5, wideOnly: true },
  last_used_at: { width: 7.5, wideOnly: true },
  actions: { width: 7.5, narrow: 7.5 },
}

export function KeysPage() {
  const keys = useQuery(keysQuery)
  const mayChange = useMay('admin')
  const own = useQuery(sessionQuery).data?.key.id
  const [adding, setAdding] = useState(false)
  const columns = useMemo(() => columnsFor(mayChange, own), [mayChange, own])
  return (
    <Page
      title="API keys"
      lead="Keys of operators, support and release pipelines. A secret is shown only once."
      actions={
        mayChange ? (
          <button
            type="button"
            className="button button-primary"
            aria-haspopup="dialog"
            onClick={() => setAdding(true)}
          >
            Create a key
          </button>
        ) : undefined
      }
    >
      <ListSection
        title="API keys"
        query={keys}
        columns={columns}
        looks={looks}
        rowId={({ id }) => id}
        empty={<Empty title="There is no API key" />}
      />
      {adding ? <AddKey onClose={() => setAdding(false)} /> : null}
    </Page>
  )
}

function columnsFor(mayChange: boolean, own: string | undefined) {
  return column.columns([
    column.accessor('name', {
      header: 'Name',
      cell: ({ row: { original } }) => (
        <>
          {original.id === own ? <Badge tone="info">you</Badge> : null} {original.name}
          {original.refused ? <Badge tone="bad">refused: not written by the service</Badge> : null}
        </>
      ),
    }),
    column.accessor('scope', {
      header: 'Scope',
      cell: ({ getValue, row: { original } }) => (
        <>
          <Badge tone={getValue() === 'admin' ? 'warn' : 'plain'}>{getValue()}</Badge>{' '}
          {original.let_through ? (
            <span className="wide-only">
              <Badge tone="warn">lets through</Badge>
            </span>
          ) : null}
        </>
      ),
    }),
    column.accessor('prefix', { header: 'Begins with', cell: mono }),
    column.accessor(({ apps }) => apps.join(', '), { id: 'apps', header: 'Apps' }),
    column.accessor('expires_at', { header: 'Expires', cell: time }),
    column.accessor('last_used_at', { header: 'Last used', cell: time }),
    column.display({
      id: 'actions',
      header: actionsHeader,
      cell: ({ row: { original } }) =>
        mayChange ? (
          <ConfirmedAction
            label="Remove"
            title={`Remove the key ${original.name}?`}
            danger
            small
            change={changes.removeKey(original.id)}
          >
            <p>
              {original.id === own
                ? 'You are signed in with this key: your session ends with it.'
                : 'Requests with this key are refused from now on, and its sessions end.'}{' '}
              This cannot be undone. To replace a key, create the new one first.
            </p>
            <Properties>
              {[
                ['Scope', original.scope],
                ...(original.apps.length === 0 ? [] : [['Apps', original.apps.join(', ')] as const]),
                ['Begins with', <span className="mono">{original.prefix}</span>],
                ['Created', <ExactTime at={original.created_at} />],
                ['Last used', <ExactTime at={original.last_used_at} />],
              ]}
            </Properties>
          </ConfirmedAction>
        ) : null,
    }),
  ])
}

const scopes = [
  'admin',
  'policy',
  'support',
  'read',
  'registration',
] as const satisfies readonly ApiKeyScope[]
const scopeWords: Readonly<Record<(typeof scopes)[number], string>> = {
  admin: 'May do everything, and create keys.',
  policy: 'Sees everything, and changes policies and test devices.',
  support: 'Sees the installations, refusals and bans of its apps; bans and forgets installations.',
  read: 'Sees everything, and changes nothing.',
  registration: 'Registers builds of its apps, as a release pipeline does.',
}

function AddKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<(typeof scopes)[number]>('read')
  const [days, setDays] = useState('365')
  const [chosen, setChosen] = useState<string[]>([])
  const [letThrough, setLetThrough] = useState(false)
  const apps = useQuery(appsQuery)
  const id = useId()
  const queries = useQueryClient()
  const change = changes.addKey({ name, scope, apps: chosen, letThrough, days })
  const work = useMutation({
    mutationFn: () => perform<CreatedApiKey>(change),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  if (work.isSuccess)
    return (
      <Dialog title={`Key for ${name} created`} onClose={onClose}>
        <div className="dialog-body">
          <p>Copy its secret now: it is not shown again.</p>
          <p className="secret mono">{work.data.secret}</p>
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </footer>
      </Dialog>
    )
  return (
    <Dialog title="Create an API key" onClose={onClose}>
      <form
        className="stacked-form dialog-body"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <label htmlFor={`${id}-name`}>Name: who or what uses it</label>
        <input
          id={`${id}-name`}
          className="input"
          value={name}
          required
          maxLength={100}
          placeholder="Ada, operations"
          onChange={(event) => setName(event.target.value)}
        />
        <label htmlFor={`${id}-scope`}>Scope</label>
        <select
          id={`${id}-scope`}
          className="input"
          value={scope}
          aria-describedby={`${id}-scope-hint`}
          onChange={(event) => setScope(event.target.value as typeof scope)}
        >
          {scopes.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <p id={`${id}-scope-hint`} className="muted small">
          {scopeWords[scope]}
        </p>
        {isOfApps(scope) ? (
          <fieldset className="form-choices">
            <legend>Its apps</legend>
            {apps.data?.map((app) => (
              <label key={app.id} className="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(app.id)}
                  onChange={({ target: { checked } }) =>
                    setChosen(checked ? [...chosen, app.id] : chosen.filter((one) => one !== app.id))
                  }
                />
                {app.id}
              </label>
            ))}
          </fieldset>
        ) : null}
        {scope === 'support' ? (
          <>
            <label className="check">
              <input
                type="checkbox"
                checked={letThrough}
                aria-describedby={`${id}-through-hint`}
                onChange={({ target }) => setLetThrough(target.checked)}
              />
              May let installations through
            </label>
            <p id={`${id}-through-hint`} className="muted small">
              One installation at a time, at one API, for at most 24 hours, and ten a day. Only where the
              policy refused it, and only in the tiers that the app allows: never code that differs, evidence
              that does not hold, or a ban. Each is in the audit log.
            </p>
          </>
        ) : null}
        <label htmlFor={`${id}-days`}>Days until it expires; empty: it does not expire</label>
        <input
          id={`${id}-days`}
          className="input"
          type="number"
          min={1}
          max={3650}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        />
        <CliLine command={change.command} />
        {work.isError ? <Problem error={work.error} /> : null}
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={work.isPending || name.trim() === '' || (isOfApps(scope) && chosen.length === 0)}
          >
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
