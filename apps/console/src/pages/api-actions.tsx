import { useMemo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Api } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { segment } from '../api/client.ts'
import { appsQuery, policiesQuery } from '../api/queries.ts'
import { apiFields } from '../forms/api-fields.ts'
import { RegistrationDialog } from '../forms/registration-dialog.tsx'
import { ConfirmedAction } from '../ui/action.tsx'

function useApiFields() {
  const apps = useQuery(appsQuery).data
  const policies = useQuery(policiesQuery).data
  return useMemo(
    () =>
      apiFields(
        (apps ?? []).map(({ id }) => id),
        (policies ?? []).map(({ id }) => id),
      ),
    [apps, policies],
  )
}

export function AddApi() {
  const [adding, setAdding] = useState(false)
  const fields = useApiFields()
  return (
    <>
      <button
        type="button"
        className="button button-primary"
        aria-haspopup="dialog"
        onClick={() => setAdding(true)}
      >
        Register an API
      </button>
      {adding ? (
        <RegistrationDialog
          title="Register an API"
          label="Register"
          fields={fields}
          path="v1/apis"
          command="api add"
          onClose={() => setAdding(false)}
        />
      ) : null}
    </>
  )
}

/** What an admin may do to an API. */
export function ApiActions({ api }: { api: Api }) {
  const [changing, setChanging] = useState(false)
  const fields = useApiFields()
  const { audience } = api
  const navigate = useNavigate()
  return (
    <>
      <button
        type="button"
        className="button"
        aria-haspopup="dialog"
        aria-label={`Edit the API ${audience}`}
        onClick={() => setChanging(true)}
      >
        Edit
      </button>
      <ConfirmedAction
        label="Remove"
        title={`Remove the API ${audience}?`}
        danger
        change={changes.removeApi(audience)}
        onDone={() => navigate({ to: '/apis' })}
      >
        No more tokens are issued for it. Guards in front of it refuse every request once the tokens have
        expired.
      </ConfirmedAction>
      {changing ? (
        <RegistrationDialog
          title={`Edit the API ${audience}`}
          label="Save"
          fields={fields}
          registered={api}
          path={`v1/apis/${segment(audience)}`}
          command="api update"
          of={audience}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </>
  )
}
