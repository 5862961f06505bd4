import { useMemo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { App } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { segment } from '../api/client.ts'
import { policiesQuery } from '../api/queries.ts'
import { appFields } from '../forms/app-fields.ts'
import { RegistrationDialog } from '../forms/registration-dialog.tsx'
import { ConfirmedAction } from '../ui/action.tsx'
import { AddBuild } from './add-build.tsx'

export function useAppFields() {
  const policies = useQuery(policiesQuery).data
  return useMemo(() => appFields((policies ?? []).map(({ id }) => id)), [policies])
}

/** What an admin may do to an app. */
export function AppActions({ app }: { app: App }) {
  const [changing, setChanging] = useState(false)
  const navigate = useNavigate()
  const fields = useAppFields()
  return (
    <>
      <AddBuild app={app} />
      <button
        type="button"
        className="button"
        aria-haspopup="dialog"
        aria-label={`Edit ${app.id}`}
        onClick={() => setChanging(true)}
      >
        Edit
      </button>
      <ConfirmedAction
        label="Remove"
        title={`Remove ${app.id} and all its builds?`}
        danger
        change={changes.removeApp(app.id)}
        onDone={() => navigate({ to: '/apps' })}
      >
        Its devices get no more tokens. With it go its bans, its test devices, what is remembered of its
        installations, their counts, and the samples that dry runs judge: an app registered under the same id
        begins without them. This cannot be taken back.
      </ConfirmedAction>
      {changing ? (
        <RegistrationDialog
          title={`Edit ${app.id}`}
          label="Save"
          fields={fields}
          registered={app}
          path={`v1/apps/${segment(app.id)}`}
          command="app update"
          of={app.id}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </>
  )
}
