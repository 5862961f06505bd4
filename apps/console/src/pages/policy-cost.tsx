import { useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { DryRunReport } from '@assay/protocol/schemas'
import { ask, segment } from '../api/client.ts'
import { policiesQuery } from '../api/queries.ts'
import { ChoiceField } from '../ui/filters.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/states.tsx'
import { Report } from './dry-run.tsx'

const week = 7 * 86_400_000

/** What a stricter policy would cost: how many of the users of the last days it would refuse, and within what bounds. */
export function PolicyCost({ app }: { app: string }) {
  const policies = useQuery(policiesQuery)
  const [chosen, setChosen] = useState('')
  const policy =
    chosen === '' ? (policies.data?.find(({ id }) => id === 'strict') ?? policies.data?.[0])?.id : chosen
  const work = useMutation({
    mutationFn: (tried: string) =>
      ask<DryRunReport>(`v1/apps/${segment(app)}/dry-run`, {
        policy: tried,
        since: new Date(Date.now() - week).toISOString(),
      }),
  })
  const isOfThis = work.variables === policy
  return (
    <Section title="What a stricter policy would cost">
      <p className="muted">
        Judges the users of the last 7 days by another policy: remembered hardware evidence, and a sample of
        everything else, with its 95% interval. Nothing is changed.
      </p>
      <form
        className="filters dry-run"
        onSubmit={(event) => {
          event.preventDefault()
          if (policy !== undefined) work.mutate(policy)
        }}
      >
        <ChoiceField
          label="Policy"
          value={policy ?? ''}
          choices={(policies.data ?? []).map(({ id }) => [id, id] as const)}
          onChoose={setChosen}
        />
        <button type="submit" className="button" disabled={policy === undefined || work.isPending}>
          {work.isPending ? 'Trying' : 'Try it'}
        </button>
      </form>
      {work.isError && isOfThis ? <Problem error={work.error} /> : null}
      <div role="status">{work.data === undefined || !isOfThis ? null : <Report report={work.data} />}</div>
    </Section>
  )
}
