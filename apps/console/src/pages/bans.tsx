import { useMemo, useState, useId } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch, useNavigate } from '@tanstack/react-router'
import type { Ban } from '@assay/protocol'
import { call, segment } from '../api/client.ts'
import { apisQuery, appsQuery, bansQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { actionsHeader, mono, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Empty, Loaded, Problem } from '../ui/states.tsx'

const column = columnsOf<Ban>()

export function BansPage() {
  const apps = useQuery(appsQuery)
  const { app: asked }: { app?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const field = useId()
  return (
    <Page
      title="Bans"
      lead="Vouching keys that vouch for nothing more: a ban outlives a reinstallation of the app."
    >
      <Loaded query={apps}>
        {(data) => {
          const app = data.find(({ id }) => id === asked)?.id ?? data[0]?.id
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
              <BansOf key={app} app={app} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

const looks = {
  kind: { width: 12, wideOnly: true },
  id: { width: 20 },
  at: { width: 8, wideOnly: true },
  actions: { width: 6 },
}

function BansOf({ app }: { app: string }) {
  const bans = useQuery(bansQuery(app))
  const mayChange = useMay('support')
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('kind', { id: 'kind', header: 'Kind of key' }),
        column.accessor('vouching_key', { id: 'id', header: 'Vouching key', cell: mono }),
        column.accessor('created_at', { id: 'at', header: 'Banned', cell: time }),
        column.display({
          id: 'actions',
          header: actionsHeader,
          cell: ({ row: { original } }) => {
            const { kind, vouching_key: id } = original
            return mayChange ? (
              <ConfirmedAction
                label="Lift"
                title="Lift this ban?"
                small
                run={() => call('DELETE', `v1/apps/${segment(app)}/bans/${segment(kind)}/${segment(id)}`)}
              >
                Installations behind the key <span className="mono">{id}</span> may attest again.
              </ConfirmedAction>
            ) : null
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
        looks={looks}
        rowId={({ kind, vouching_key: key }) => `${kind}:${key}`}
        empty={<Empty title="Nobody is banned" />}
      />
      {mayChange ? <AddBan app={app} /> : null}
    </>
  )
}

function AddBan({ app }: { app: string }) {
  const apis = useQuery(apisQuery)
  const audiences = apis.data?.filter(({ apps }) => apps.includes(app)).map(({ audience }) => audience) ?? []
  const [audience, setAudience] = useState('')
  const [installation, setInstallation] = useState('')
  const id = useId()
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: () =>
      call('POST', `v1/apps/${segment(app)}/bans`, {
        body: { audience: audience === '' ? audiences[0] : audience, installation: installation.trim() },
      }),
    onSuccess: async () => {
      setInstallation('')
      await queries.invalidateQueries({ queryKey: ['apps', app, 'bans'] })
    },
  })
  return (
    <Section title="Ban an installation">
      <form
        className="stacked-form"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <label htmlFor={`${id}-api`}>The API whose token names it</label>
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
        <label htmlFor={`${id}-installation`}>Installation, as the token calls it (claim installation)</label>
        <input
          id={`${id}-installation`}
          className="input mono"
          spellCheck={false}
          autoComplete="off"
          value={installation}
          onChange={(event) => setInstallation(event.target.value)}
        />
        {work.isError ? <Problem error={work.error} /> : null}
        {work.isSuccess ? (
          <p className="good-text" role="status">
            The key behind it is banned.
          </p>
        ) : null}
        <div className="form-foot">
          <button
            type="submit"
            className="button button-danger"
            disabled={work.isPending || installation.trim() === '' || audiences.length === 0}
          >
            Ban
          </button>
        </div>
      </form>
    </Section>
  )
}
