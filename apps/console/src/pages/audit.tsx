import { useMemo, useState } from 'react'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { AuditEntry, AuditVerification, ListedAuditEntry } from '@assay/protocol/schemas'
import { call } from '../api/client.ts'
import { auditEntryQuery, auditQuery, given } from '../api/pages.ts'
import { actionsHeader, code, mono, time } from '../ui/cells.tsx'
import { columnsOf } from '../ui/data-table.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Export } from '../ui/export.tsx'
import { Filters, momentFields, More, useFilter } from '../ui/filters.tsx'
import { ListSection } from '../ui/list-section.tsx'
import { Properties, Page, Section } from '../ui/page.tsx'
import { Empty, Loading, Problem } from '../ui/states.tsx'
import { ExactTime, Time } from '../ui/time.tsx'

const column = columnsOf<ListedAuditEntry>()
const columnsFor = (onShow: (number: number) => void) =>
  column.columns([
    column.accessor('action', { header: 'Action', cell: code }),
    column.accessor('object', { header: 'Object', cell: mono }),
    column.accessor(({ key, key_name: name }) => whoIn(key, name), { id: 'who', header: 'Key' }),
    column.accessor('at', { header: 'When', cell: time }),
    column.accessor('number', { header: 'Number' }),
    column.display({
      id: 'actions',
      header: actionsHeader,
      cell: ({ row: { original } }) => (
        <button
          type="button"
          className="button button-small"
          aria-haspopup="dialog"
          aria-label={`Details of entry ${original.number}`}
          onClick={() => onShow(original.number)}
        >
          Details
        </button>
      ),
    }),
  ])
const looks = {
  action: { width: 9, narrow: 7.5 },
  object: { width: 16, narrow: 9 },
  who: { width: 12, wideOnly: true },
  at: { width: 7.5, wideOnly: true },
  number: { width: 5.5, wideOnly: true },
  actions: { width: 7, narrow: 6.5 },
}

const fields = [
  { name: 'action', label: 'Action', placeholder: 'policy.put' },
  { name: 'object', label: 'Object', placeholder: 'com.example.app' },
  { name: 'key', label: 'Key id', placeholder: 'of the key that did it' },
  ...momentFields,
] as const

const exported = ['number', 'at', 'key', 'key_name', 'action', 'object', 'mac']

const whoIn = (key: string | null, name: string) =>
  key === null && name === '' ? 'the machine itself' : name === '' ? (key ?? '') : name

/** Who did what. */
export function AuditPage() {
  const filter = useFilter()
  const navigate = useNavigate()
  const query = useInfiniteQuery(auditQuery(filter))
  const [shown, setShown] = useState<number>()
  const columns = useMemo(() => columnsFor(setShown), [])
  return (
    <Page
      title="Audit log"
      lead="Who changed what, with the state before and after. Entries are added and never changed."
    >
      <Verification />
      <ListSection
        title="Entries"
        query={query}
        columns={columns}
        looks={looks}
        rowId={({ number }) => String(number)}
        sortable={false}
        actions={<Export name="audit" path="v1/audit" member="entries" filter={filter} columns={exported} />}
        empty={<Empty title="No entry matches" />}
        filters={
          <Filters
            fields={fields}
            filter={filter}
            onChange={(next) => void navigate({ to: '/audit', search: given(next) })}
          />
        }
        foot={<More query={query} />}
      />
      {shown === undefined ? null : <AuditEntryDialog number={shown} onClose={() => setShown(undefined)} />}
    </Page>
  )
}

const faults: Readonly<Record<NonNullable<AuditVerification['fault']>['reason'], string>> = {
  edited: 'was changed, or does not follow the one before',
  gap: 'follows a gap: entries before it are missing',
  mac: 'was not written by this service',
  end: 'is where the log ends by its head, and is missing, another, or one too many',
  seal: 'bears a seal that is not the one of this service',
  empty: 'is the last one: the log is empty, but the store has been in use',
  undercut: 'was seen by this node, and is missing or another: an older log has replaced this one',
  broken: 'records that the service found the log broken',
  keys: 'The API keys in the database are not those of the log',
  allowed: 'The allow lists in the database are not those of the log',
  head: 'is not the one that was kept: this is another log',
}

/** Milliseconds between two looks at a run that is under way. */
const lookEvery = 1_000

function Verification() {
  const [head, setHead] = useState('')
  const [soFar, setSoFar] = useState<AuditVerification>()
  const work = useMutation({
    mutationFn: async () => {
      setSoFar(undefined)
      const path = `v1/audit/verify${head === '' ? '' : `?head=${encodeURIComponent(head)}`}`
      for (;;) {
        const check = await call<AuditVerification>('GET', path)
        if (check.fault !== null || check.run.ended_at !== null) return check
        setSoFar(check)
        await new Promise((resolve) => setTimeout(resolve, lookEvery))
      }
    },
  })
  return (
    <Section title="Verify the log">
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <label htmlFor="head">Head of an earlier verification (optional)</label>
        <input
          id="head"
          className="input mono"
          spellCheck={false}
          autoComplete="off"
          placeholder="number:hash"
          pattern="[0-9]{1,15}:[A-Za-z0-9_\-]{43}"
          title="A number, a colon, and 43 characters"
          value={head}
          onChange={({ target }) => setHead(target.value.trim())}
        />
        <button type="submit" className="button button-primary" disabled={work.isPending}>
          {work.isPending ? 'Verifying' : 'Verify'}
        </button>
      </form>
      {work.isPending && soFar !== undefined ? (
        <p role="status">{`Verified ${soFar.head.number} of ${soFar.run.entries} entries so far.`}</p>
      ) : null}
      {work.isError ? <Problem error={work.error} /> : null}
      {work.data === undefined ? null : <AuditCheck check={work.data} />}
    </Section>
  )
}

function AuditCheck({ check: { ok, head, fault, run } }: { check: AuditVerification }) {
  return (
    <div className={`notice notice-${ok ? 'good' : 'bad'}`} role="status">
      <p className="notice-title">
        {fault === null
          ? `All ${head.number} entries are whole.`
          : `${fault.reason === 'keys' || fault.reason === 'allowed' ? '' : `Entry ${fault.number} `}${faults[fault.reason]}. Entries 1 to ${head.number} are whole.`}
      </p>
      {ok ? (
        <p>
          All entries were verified in the run that began <Time at={run.began_at} />, and those added since
          just now. Head: <code className="selectable">{`${head.number}:${head.hash}`}</code>. Keep it
          elsewhere, and verify with it next time: nothing else shows that the whole log was replaced.
        </p>
      ) : (
        <p>Somebody changed the database without the service. Compare with a backup.</p>
      )}
    </div>
  )
}

function AuditEntryDialog({ number, onClose }: { number: number; onClose: () => void }) {
  const { data, error, refetch } = useQuery(auditEntryQuery(number))
  return (
    <Dialog title={`Entry ${number}`} onClose={onClose} wide>
      <div className="dialog-body">
        {data !== undefined ? (
          <AuditEntryProperties entry={data} />
        ) : error !== null ? (
          <Problem error={error} retry={() => void refetch()} />
        ) : (
          <Loading label="Reading the entry" />
        )}
      </div>
    </Dialog>
  )
}

function AuditEntryProperties({ entry }: { entry: AuditEntry }) {
  const { at, key, key_name: name, action, object, before, after, hash } = entry
  return (
    <Properties>
      {[
        ['When', <ExactTime at={at} />],
        ['Key', `${whoIn(key, name)}${key === null ? '' : ` (${key})`}`],
        ['Action', <code>{action}</code>],
        ['Object', <span className="mono">{object}</span>],
        ['Before', <Json value={before} />],
        ['After', <Json value={after} />],
        ['Hash', <span className="mono small">{hash}</span>],
      ]}
    </Properties>
  )
}

function Json({ value }: { value: unknown }) {
  return value === null ? (
    <span className="muted">not there</span>
  ) : (
    <pre className="json" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}
