import { useId, useState, type Dispatch, type SetStateAction } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { StoredPolicy } from '@assay/protocol/schemas'
import { changes, perform } from '../api/changes.ts'
import { policiesQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { Badge } from '../ui/badge.tsx'
import { CliLine } from '../ui/cli-line.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Loaded, Problem } from '../ui/states.tsx'
import { Rules } from '../ui/policy-rules.tsx'
import { DryRun } from './dry-run.tsx'
import { PolicyVersions } from './policy-versions.tsx'

export function PolicyPage() {
  const { policy: id } = useParams({ from: '/policies/$policy' })
  const policies = useQuery(policiesQuery)
  const page = (
    <Loaded query={policies}>
      {(all) => {
        const known = all.find((policy) => policy.id === id)
        const from = known ?? all.find((policy) => policy.id === 'balanced')
        return <OnePolicy key={id} id={id} known={known} from={from} />
      }}
    </Loaded>
  )
  // A page that cannot be read has its heading, too.
  return policies.data === undefined ? <Page title={id}>{page}</Page> : page
}

/** The text as typed, and the version that it started from; 0: a policy that is not saved yet. */
interface Draft {
  text: string
  from: number
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
  const [draft, setDraft] = useState<Draft>()
  return (
    <Page
      title={id}
      lead={
        known === undefined ? (
          'A draft of a new policy, which starts as a copy of balanced. Nothing is saved yet.'
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
            change={changes.removePolicy(id)}
            onDone={() => navigate({ to: '/policies' })}
          >
            No app and no API may name it: the service refuses to remove a policy in use. Its versions go with
            it.
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
        <Editor
          id={id}
          version={known?.version ?? 0}
          saved={saved}
          draft={draft}
          setDraft={setDraft}
          editable={editable}
        />
      </Section>
      <DryRun text={draft?.text ?? saved} />
      {known === undefined || known.preset ? null : <PolicyVersions id={id} version={known.version} />}
    </Page>
  )
}

interface EditorProps {
  id: string
  version: number
  saved: string
  /** Undefined: nothing was changed, so the newest version is shown. */
  draft: Draft | undefined
  setDraft: Dispatch<SetStateAction<Draft | undefined>>
  editable: boolean
}

function Editor({ id, version, saved, draft, setDraft, editable }: EditorProps) {
  const field = useId()
  const queries = useQueryClient()
  const text = draft?.text ?? saved
  const from = draft === undefined || text === saved ? version : draft.from
  const fault = faultIn(text)
  const work = useMutation({
    mutationFn: (sent: string) => perform<StoredPolicy>(changes.savePolicy(id, sent)),
    onSuccess: async (stored, sent) => {
      const { queryKey } = policiesQuery
      // Whatever is typed from here on is based on what was saved.
      setDraft((typed) => ({ text: typed?.text ?? sent, from: stored.version }))
      await queries.cancelQueries({ queryKey, exact: true })
      queries.setQueryData(queryKey, (all) => all && [...all.filter((one) => one.id !== id), stored])
      await queries.invalidateQueries({ queryKey })
      setDraft((typed) => (typed?.text === sent ? undefined : typed))
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        work.mutate(text)
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
        onChange={({ target }) => {
          if (work.isSuccess) work.reset()
          setDraft(target.value === saved ? undefined : { text: target.value, from })
        }}
      />
      <p id={`${field}-fault`} className="small bad-text" aria-live="polite">
        {fault}
      </p>
      {work.isError ? <Problem error={work.error} /> : null}
      <div role="status">
        {work.isSuccess ? <p className="good-text">Saved as version {work.data.version}.</p> : null}
        {version > from ? (
          <p className="warn-text">
            Version {version} was saved in the meantime; this draft began with{' '}
            {from === 0 ? 'no version' : `version ${from}`}. “Undo changes” shows the newer one, and saving
            puts the draft in its place.
          </p>
        ) : null}
      </div>
      {editable ? <CliLine command={changes.savePolicy(id, text).command} /> : null}
      {editable ? (
        <div className="form-foot">
          <button
            type="button"
            className="button"
            disabled={text === saved}
            onClick={() => setDraft(undefined)}
          >
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

/** Where the text is not JSON, if the browser says so. */
function faultIn(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return `Not JSON: ${(error as Error).message}`
  }
}
