import { useId, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { StoredPolicy } from '@assay/protocol/schemas'
import { policyOf } from '@assay/cli/explain'
import { appsQuery, apisQuery, policiesQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge } from '../ui/badge.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Loaded } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

export function PoliciesPage() {
  const policies = useQuery(policiesQuery)
  return (
    <Page
      title="Policies"
      lead="What verified evidence is worth: the tier of a result, and the reasons for it."
    >
      <Section title="Policies">
        <Loaded query={policies}>
          {(data) => (
            <ul className="rows rows-large">
              {data.map((policy) => (
                <PolicyRow key={policy.id} policy={policy} />
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
      <NewPolicy />
    </Page>
  )
}

function PolicyRow({ policy: { id, version, preset, document, created_at: at } }: { policy: StoredPolicy }) {
  const all = useQuery(appsQuery).data ?? []
  const apps = all.filter(({ policy }) => policy === id).length
  const byDefault = all.filter((app) => policyOf(app) === `${id} (default)`).length
  const apis = useQuery(apisQuery).data?.filter(({ policy }) => policy === id).length ?? 0
  const { description } = (document ?? {}) as { description?: string }
  const uses = [
    apps > 0 ? `${apps} app${apps === 1 ? '' : 's'}` : '',
    byDefault > 0 ? `${byDefault} app${byDefault === 1 ? '' : 's'} by default` : '',
    apis > 0 ? `${apis} API${apis === 1 ? '' : 's'}` : '',
  ]
  return (
    <li>
      <span className="grow">
        <Link to="/policies/$policy" params={{ policy: id }}>
          {id}
        </Link>
        {description === undefined ? null : <span className="muted block">{description}</span>}
      </span>
      <span className="muted small">{uses.filter((use) => use !== '').join(', ')}</span>
      <Badge tone={preset ? 'plain' : 'info'}>{preset ? 'built in' : `version ${version}`}</Badge>
      {preset ? null : (
        <span className="muted small">
          <Time at={at} />
        </span>
      )}
    </li>
  )
}

function NewPolicy() {
  const [name, setName] = useState('')
  const id = useId()
  const navigate = useNavigate()
  if (!useMay('policy')) return null
  return (
    <Section title="New policy">
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (name !== '') void navigate({ to: '/policies/$policy', params: { policy: name } })
        }}
      >
        <label htmlFor={id}>Policy id</label>
        <input
          id={id}
          className="input mono"
          value={name}
          placeholder="our-policy"
          pattern="[a-z0-9][a-z0-9\-]{0,63}"
          title="Up to 64 lower-case letters, digits and hyphens, not starting with a hyphen"
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="button button-primary">
          Start a draft
        </button>
      </form>
    </Section>
  )
}
