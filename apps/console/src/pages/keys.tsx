import { useId, useMemo, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiKeyScope } from '@assay/protocol'
import type { CreatedApiKey, ListedApiKey } from '@assay/protocol/schemas'
import { call, segment } from '../api/client.ts'
import { appsQuery, keysQuery } from '../api/queries.ts'
import { sessionQuery } from '../api/session.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { Badge } from '../ui/badge.tsx'
import { actionsHeader, mono, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, Problem } from '../ui/states.tsx'

const column = columnsOf<ListedApiKey>()
const looks = {
  name: { width: 11.5, narrow: 9 },
  scope: { width: 7.5, narrow: 7 },
  prefix: { width: 8, wideOnly: true },
  apps: { width: 8.5, wideOnly: true },
  created_at: { width: 8, wideOnly: true },
  expires_at: { width: 8, wideOnly: true },
  last_used_at: { width: 8, wideOnly: true },
  actions: { width: 7.5, narrow: 6.5 },
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
      lead="Of operators and release pipelines. Their secrets are shown once and never kept."
      actions={
        mayChange ? (
          <button
            type="button"
            className="button button-primary"
            aria-haspopup="dialog"
            onClick={() => setAdding(true)}
          >
            Make a key
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
          {original.name} {original.id === own ? <Badge tone="info">you</Badge> : null}
          {original.refused ? <Badge tone="bad">refused: not written by the service</Badge> : null}
        </>
      ),
    }),
    column.accessor('scope', {
      header: 'Scope',
      cell: ({ getValue }) => <Badge tone={getValue() === 'admin' ? 'warn' : 'plain'}>{getValue()}</Badge>,
    }),
    column.accessor('prefix', { header: 'Begins with', cell: mono }),
    column.accessor(({ apps }) => apps.join(', '), { id: 'apps', header: 'Apps' }),
    column.accessor('created_at', { header: 'Made', cell: time }),
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
            run={() => call('DELETE', `v1/keys/${segment(original.id)}`)}
          >
            {original.id === own
              ? 'It is the key that you are signed in with: your session ends with it.'
              : 'Whoever uses it is refused from now on, and their sessions end.'}
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
  admin: 'admin: everything',
  policy: 'policy: looks at everything, changes policies and the allow list',
  support: 'support: looks at installations and refusals of its apps, bans and forgets',
  read: 'read: looks at everything',
  registration: 'registration: adds builds of its apps',
}

const isOfApps = (scope: ApiKeyScope) => scope === 'registration' || scope === 'support'

function AddKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<(typeof scopes)[number]>('read')
  const [days, setDays] = useState('365')
  const [chosen, setChosen] = useState<string[]>([])
  const [letThrough, setLetThrough] = useState(false)
  const apps = useQuery(appsQuery)
  const id = useId()
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: () =>
      call<CreatedApiKey>('POST', 'v1/keys', {
        body: {
          name,
          scope,
          ...(isOfApps(scope) ? { apps: chosen } : {}),
          ...(scope === 'support' && letThrough ? { let_through: true } : {}),
          ...(days === ''
            ? {}
            : { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }),
        },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  })
  if (work.isSuccess)
    return (
      <Dialog title="The key is made" onClose={onClose}>
        <div className="dialog-body">
          <p>Copy it now: it is shown this once.</p>
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
    <Dialog title="Make a key" onClose={onClose}>
      <form
        className="stacked-form dialog-body"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <label htmlFor={`${id}-name`}>Whose it is</label>
        <input
          id={`${id}-name`}
          className="input"
          value={name}
          required
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <label htmlFor={`${id}-scope`}>What it may do</label>
        <select
          id={`${id}-scope`}
          className="input"
          value={scope}
          onChange={(event) => setScope(event.target.value as typeof scope)}
        >
          {scopes.map((one) => (
            <option key={one} value={one}>
              {scopeWords[one]}
            </option>
          ))}
        </select>
        {isOfApps(scope) ? (
          <fieldset>
            <legend>Apps</legend>
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
          <label className="check">
            <input
              type="checkbox"
              checked={letThrough}
              onChange={({ target }) => setLetThrough(target.checked)}
            />
            It may let an installation through for a day, ten times a day
          </label>
        ) : null}
        <label htmlFor={`${id}-days`}>Days until it expires; empty: never</label>
        <input
          id={`${id}-days`}
          className="input"
          type="number"
          min={1}
          max={3650}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        />
        {work.isError ? <Problem error={work.error} /> : null}
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={work.isPending || name.trim() === ''}
          >
            Make it
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
