import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { App } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { policiesQuery } from '../api/queries.ts'
import { statsQuery } from '../api/stats.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { ChoiceField } from '../ui/filters.tsx'
import { number } from '../ui/numbers.ts'
import { Properties, Section } from '../ui/page.tsx'
import { Loaded } from '../ui/states.tsx'

/** The policy that is applied in parallel to the current one, and what it would have changed. */
export function ShadowPolicy({ app }: { app: App }) {
  const mayChange = useMay('admin')
  const stats = useQuery(statsQuery('day', 'app', { app: app.id }))
  return (
    <Section title="Shadow policy">
      <p className="muted">
        Judges each attestation after the policy in force, and changes no answer.{' '}
        {app.shadow_policy === null ? 'This app has none.' : null}
      </p>
      {app.shadow_policy === null ? null : (
        <Loaded query={stats}>
          {({ groups }) => {
            const shadow = groups[0]?.shadow
            return (
              <Properties>
                {[
                  ['Policy', <span className="mono">{app.shadow_policy}</span>],
                  ['Judged in 24 hours', number.format(shadow?.judged ?? 0)],
                  ['Passed, would be refused', number.format(shadow?.refused ?? 0)],
                  ['Refused, would pass', number.format(shadow?.passed ?? 0)],
                  ['Could not be judged', number.format(shadow?.failed ?? 0)],
                ]}
              </Properties>
            )
          }}
        </Loaded>
      )}
      {mayChange ? <Change app={app} /> : null}
    </Section>
  )
}

function Change({ app }: { app: App }) {
  const policies = useQuery(policiesQuery)
  // Undefined: not chosen yet, since the dialog was opened.
  const [chosen, setChosen] = useState<string>()
  const value = chosen ?? app.shadow_policy ?? ''
  return (
    <ConfirmedAction
      label="Change"
      title={`Change the shadow policy of ${app.id}`}
      ready={policies.data !== undefined}
      onOpen={() => setChosen(undefined)}
      change={changes.setShadowPolicy(app.id, value === '' ? null : value)}
    >
      <Loaded query={policies}>
        {(all) => (
          <ChoiceField
            label="Policy"
            value={value}
            choices={[['', 'none'] as const, ...all.map(({ id }) => [id, id] as const)]}
            onChoose={setChosen}
          />
        )}
      </Loaded>
    </ConfirmedAction>
  )
}
