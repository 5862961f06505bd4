import { useId, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { StoredPolicy } from '@assay/protocol'
import { call, segment } from '../api/client.ts'
import { policiesQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { Badge } from '../ui/badge.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Loaded, Problem } from '../ui/states.tsx'
import { Rules } from '../ui/policy-rules.tsx'
import { DryRun } from './dry-run.tsx'
import { PolicyVersions } from './policy-versions.tsx'

export function PolicyPage() {
  const { policy: id } = useParams({ from: '/policies/$policy' })
  const policies = useQuery(policiesQuery)
  return (
    <Loaded query={policies}>
      {(all) => {
        const known = all.find((policy) => policy.id === id)
        const from = known ?? all.find((policy) => policy.id === 'balanced')
        return <OnePolicy key={`${id} ${known?.version ?? 0}`} id={id} known={known} from={from} />
      }}
    </Loaded>
  )
}

function OnePolicy({
  id,
  known,
  from,
}: {
  id: string
  known: StoredPolicy | undefined
  from: StoredPolicy | undefined
}) {
  const mayChange = useMay('policy')
  const navigate = useNavigate()
  const editable = mayChange && known?.preset !== true
  const saved = JSON.stringify(from?.document, null, 2)
  const [text, setText] = useState(saved)
  return (
    <Page
      title={id}
      lead={
        known === undefined ? (
          'A new policy, which starts as a copy of balanced.'
        ) : (
          <Badge tone={known.preset ? 'plain' : 'info'}>
            {known.preset ? 'built in' : `version ${known.version}`}
          </Badge>
        )
      }
      actions={
        known !== undefined && editable ? (
          <ConfirmedAction
            label="Remove"
            title={`Remove the policy ${id}?`}
            danger
            run={async () => {
              await call('DELETE', `v1/policies/${segment(id)}`)
              await navigate({ to: '/policies' })
            }}
          >
            The service refuses this while an app or API names it.
          </ConfirmedAction>
        ) : undefined
      }
    >
      {known === undefined ? null : (
        <Section title="In words" flush>
          <Rules document={known.document} />
        </Section>
      )}
      <Section title={editable ? 'Edit' : 'Document'}>
        <Editor id={id} saved={saved} text={text} setText={setText} editable={editable} />
      </Section>
      <DryRun text={text} />
      {known === undefined || known.preset ? null : <PolicyVersions id={id} version={known.version} />}
    </Page>
  )
}

interface EditorProps {
  id: string
  saved: string
  text: string
  setText: (text: string) => void
  editable: boolean
}

function Editor({ id, saved, text, setText, editable }: EditorProps) {
  const field = useId()
  const queries = useQueryClient()
  const fault = faultIn(text)
  const work = useMutation({
    mutationFn: () => call('PUT', `v1/policies/${segment(id)}`, { body: JSON.parse(text) as unknown }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['policies'] }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        work.mutate()
      }}
    >
      <label htmlFor={field}>The document, as JSON</label>
      <textarea
        id={field}
        className="input editor mono"
        spellCheck={false}
        rows={24}
        readOnly={!editable}
        value={text}
        aria-invalid={fault !== undefined}
        aria-describedby={`${field}-fault`}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={`${field}-fault`} className="small bad-text" aria-live="polite">
        {fault}
      </p>
      {work.isError ? <Problem error={work.error} /> : null}
      {work.isSuccess ? (
        <p className="good-text" role="status">
          Saved as the next version.
        </p>
      ) : null}
      {editable ? (
        <div className="form-foot">
          <button type="button" className="button" disabled={text === saved} onClick={() => setText(saved)}>
            Undo changes
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={fault !== undefined || work.isPending}
          >
            Save as the next version
          </button>
        </div>
      ) : null}
    </form>
  )
}

/** Where the text is not JSON, as far as the browser says it. */
function faultIn(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return `Not JSON: ${(error as Error).message}`
  }
}
