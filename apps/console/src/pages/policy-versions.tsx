import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { ListChanges, StoredPolicy } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { policyChangesQuery, policyVersionsQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { Badge } from '../ui/badge.tsx'
import { ChoiceField } from '../ui/filters.tsx'
import { Section } from '../ui/page.tsx'
import { Loaded } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

/** The versions of a policy, the changes in each, and a way to restore it. */
export function PolicyVersions({ id, version }: { id: string; version: number }) {
  const versions = useQuery(policyVersionsQuery(id))
  const mayChange = useMay('policy')
  return (
    <Section title="Versions">
      <Loaded query={versions}>
        {(data) => (
          <>
            <ul className="rows">
              {data
                .toSorted((one, other) => other.version - one.version)
                .slice(0, shown)
                .map((one) => (
                  <li key={one.version}>
                    <Badge tone={one.version === version ? 'good' : 'plain'}>
                      {one.version === version ? 'in force' : 'earlier'}
                    </Badge>
                    <span className="grow">
                      Version {one.version}{' '}
                      <span className="muted small">
                        <Time at={one.created_at} />
                      </span>
                    </span>
                    {mayChange && one.version !== version ? (
                      <ConfirmedAction
                        label="Roll back"
                        title={`Roll back ${id} to version ${one.version}?`}
                        small
                        change={changes.rollBackPolicy(id, one.version)}
                      >
                        The document of version {one.version} is saved as version {version + 1}, and counts
                        for attestations from then on.
                      </ConfirmedAction>
                    ) : null}
                  </li>
                ))}
            </ul>
            {data.length > 1 ? <Comparison key={version} id={id} versions={data} current={version} /> : null}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** Listed versions; any can be compared. */
const shown = 10

function Comparison({
  id,
  versions,
  current,
}: {
  id: string
  versions: readonly StoredPolicy[]
  current: number
}) {
  const earlier = Math.max(1, ...versions.map(({ version }) => version).filter((one) => one < current))
  const [from, setFrom] = useState(earlier)
  const [to, setTo] = useState(current)
  const changes = useQuery(policyChangesQuery(id, from, to))
  const choices = versions.map(({ version }) => [String(version), `Version ${version}`] as const)
  return (
    <div className="comparison">
      <div className="filters">
        <ChoiceField
          label="Compare"
          value={String(from)}
          choices={choices}
          onChoose={(one) => setFrom(Number(one))}
        />
        <ChoiceField
          label="with"
          value={String(to)}
          choices={choices}
          onChoose={(one) => setTo(Number(one))}
        />
      </div>
      <Loaded query={changes}>
        {({ required, rules, reordered }) => {
          const isSame = [required, rules].every(({ added, removed }) => added.length + removed.length === 0)
          return (
            <>
              <Changes name="Required" changes={required} />
              <Changes name="Rules" changes={rules} />
              {reordered ? <p>The rules that both have are in another order.</p> : null}
              {isSame && !reordered ? <p className="muted">Both versions say the same.</p> : null}
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

function Changes({ name, changes: { removed, added } }: { name: string; changes: ListChanges }) {
  if (removed.length + added.length === 0) return null
  return (
    <>
      <h3>{name}</h3>
      <ul className="changes">
        {removed.map((rule, index) => (
          <li key={`removed ${index}`} className="change-removed">
            <span className="visually-hidden">Removed: </span>
            <code>{JSON.stringify(rule)}</code>
          </li>
        ))}
        {added.map((rule, index) => (
          <li key={`added ${index}`} className="change-added">
            <span className="visually-hidden">Added: </span>
            <code>{JSON.stringify(rule)}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
