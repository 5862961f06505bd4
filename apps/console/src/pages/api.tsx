import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Api } from '@assay/protocol/schemas'
import { apisQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge, TierBadge } from '../ui/badge.tsx'
import { durationInWords } from '../ui/condition-in-words.ts'
import { Page, Properties, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'
import { ApiActions } from './api-actions.tsx'

/** One API, as it is registered. */
export function ApiPage() {
  const { api: audience } = useParams({ from: '/apis/$api' })
  const apis = useQuery(apisQuery)
  const api = apis.data?.find((one) => one.audience === audience)
  const mayChange = useMay('admin')
  const name = api === undefined || api.name === audience ? undefined : api.name
  return (
    <Page
      title={name ?? audience}
      lead={name === undefined ? undefined : <span className="mono">{audience}</span>}
      actions={api !== undefined && mayChange ? <ApiActions api={api} /> : undefined}
    >
      <Loaded query={apis}>
        {() =>
          api === undefined ? (
            <Empty title="This API is not registered">
              <Link to="/apis">All APIs</Link>
            </Empty>
          ) : (
            <Section title="Registration">
              <Properties>{propertiesOf(api)}</Properties>
            </Section>
          )
        }
      </Loaded>
    </Page>
  )
}

type Property = readonly [name: string, show: (api: Api) => ReactNode]

/** How each member is shown; null: it is in the heading. A new one does not compile until it is here. */
const properties: Readonly<Record<keyof Api, Property | null>> = {
  audience: null,
  name: null,
  enforcement: [
    'Enforcement',
    ({ enforcement }) => <Badge tone={enforcement === 'enforce' ? 'good' : 'warn'}>{enforcement}</Badge>,
  ],
  tiers: [
    'Admits',
    ({ tiers }) => (
      <span className="badges">
        {tiers.map((tier) => (
          <TierBadge key={tier} tier={tier} />
        ))}
      </span>
    ),
  ],
  token: ['Kind of token', ({ token }) => token],
  mode: ['Mode', ({ mode }) => mode],
  token_lifetime: ['Lifetime of tokens', ({ token_lifetime: seconds }) => durationInWords(seconds)],
  channels: ['Channels', ({ channels }) => channels.join(', ')],
  apps: [
    'Apps',
    ({ apps }) => (
      <ul className="plain-list">
        {apps.map((app) => (
          <li key={app}>
            <Link to="/apps/$app" params={{ app }} className="mono">
              {app}
            </Link>
          </li>
        ))}
      </ul>
    ),
  ],
  policy: ['Policy', ({ policy }) => policy ?? 'that of each app'],
  allow_listed: [
    'Allow list',
    ({ allow_listed: taken }) =>
      taken ? 'its guards take allow-listed devices' : 'its guards refuse allow-listed devices',
  ],
  origins: [
    'Web origins',
    ({ origins }) => origins.join(', ') || 'none: pages in browsers cannot attest for it',
  ],
  development: ['Development', ({ development }) => (development === true ? 'yes: no appraisal' : null)],
  created_at: ['Registered', ({ created_at: at }) => <ExactTime at={at} />],
}

const propertiesOf = (api: Api): (readonly [string, ReactNode])[] =>
  Object.values(properties).flatMap((property) => {
    if (property === null) return []
    const [name, show] = property
    const value = show(api)
    return value === null ? [] : [[name, value] as const]
  })
