import { useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { DryRunReport } from '@assay/protocol/schemas'
import { ask, segment } from '../api/client.ts'
import { appsQuery } from '../api/queries.ts'
import { ChoiceField } from '../ui/filters.tsx'
import { RefusalsLink } from '../ui/links.tsx'
import { number } from '../ui/numbers.ts'
import { Properties, Section } from '../ui/page.tsx'
import { Empty, Problem } from '../ui/states.tsx'
import { ExactTime } from '../ui/time.tsx'

const day = 86_400_000
const spans = [
  ['1', 'Last day'],
  ['7', 'Last 7 days'],
  ['14', 'Last 14 days'],
] as const

interface Question {
  app: string
  days: string
  text: string
}

/** What the document in the editor would have decided for the devices of the last days. */
export function DryRun({ text }: { text: string }) {
  const apps = useQuery(appsQuery)
  const [chosen, setChosen] = useState('')
  const [days, setDays] = useState('7')
  const app = chosen === '' ? apps.data?.[0]?.id : chosen
  const question: Question = { app: app ?? '', days, text }
  const work = useMutation({
    mutationFn: ({ app, days, text }: Question) =>
      ask<DryRunReport>(`v1/apps/${segment(app)}/dry-run`, {
        document: JSON.parse(text) as unknown,
        since: new Date(Date.now() - Number(days) * day).toISOString(),
      }),
  })
  // Next to another document, app or time, the answer would pass for theirs.
  const isOfThis = JSON.stringify(work.variables) === JSON.stringify(question)
  return (
    <Section title="Dry run">
      <p className="muted">
        Judges the devices of the last days by the document above, saved or not: remembered hardware evidence,
        and a sample of everything else. Nothing is changed.
      </p>
      <form
        className="filters dry-run"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate(question)
        }}
      >
        <ChoiceField
          label="App"
          value={app ?? ''}
          choices={(apps.data ?? []).map(({ id }) => [id, id] as const)}
          onChoose={setChosen}
        />
        <ChoiceField label="Devices of the" value={days} choices={spans} onChoose={setDays} />
        <button
          type="submit"
          className="button"
          disabled={app === undefined || work.isPending || !isJson(text)}
        >
          {work.isPending ? 'Trying' : 'Try it'}
        </button>
      </form>
      {work.isError && isOfThis ? <Problem error={work.error} /> : null}
      <div role="status">{work.data === undefined || !isOfThis ? null : <Report report={work.data} />}</div>
    </Section>
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function estimate({ count, low, high }: DryRunReport['refused']): string {
  return low === high
    ? number.format(count)
    : `about ${number.format(count)} (${number.format(low)} to ${number.format(high)})`
}

/** How many would be refused, and what that rests on. */
export function Report({ report }: { report: DryRunReport }) {
  const { app, audience, tiers, since, installations, reasons, basis } = report
  if (installations === 0) return <Empty title={`No device of ${app} was seen in this time`} />
  return (
    <>
      <Properties>
        {[
          ['App', <span className="mono">{app}</span>],
          ['Seen since', <ExactTime at={since} />],
          ['Installations', number.format(installations)],
          ['Would be refused', <strong>{estimate(report.refused)}</strong>],
          ['Of these, get tokens today', estimate(report.newly_refused)],
          ['Refused today, would get tokens', estimate(report.newly_admitted)],
          ['At', `${audience} (${tiers.join(', ')})`],
          ['Based on', basis.map(basisInWords).join(' ')],
        ]}
      </Properties>
      {reasons.length === 0 ? null : (
        <ul className="rows">
          {reasons.map(({ code, build, count }) => (
            <li key={`${code} ${build}`}>
              <span className="grow">
                <RefusalsLink where={{ app, code }}>
                  <code>{code}</code>
                </RefusalsLink>{' '}
                <span className="muted">build {build}</span>
              </span>
              <strong>{number.format(count)}</strong>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function basisInWords({ kind, installations, judged, undecided }: DryRunReport['basis'][number]): string {
  const what = kind === 'remembered' ? 'with remembered hardware evidence' : 'of all others, from a sample'
  const rest = undecided === 0 ? '' : `; ${number.format(undecided)} could not be judged`
  return `${number.format(judged)} of ${number.format(installations)} ${what}${rest}.`
}
