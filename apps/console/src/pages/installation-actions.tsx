import { useId, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Forgotten, Installation } from '@assay/protocol/schemas'
import { changes, perform } from '../api/changes.ts'
import { installationQuery } from '../api/installations.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { CliLine } from '../ui/cli-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/states.tsx'

interface Named {
  app: string
  installationKey: string
}

/** Enough of a key to know it again in a heading; the page has the whole. */
const shortened = (key: string): string => `${key.slice(0, 12)}…`

interface NoteAndSpan {
  note: string
  onNote: (note: string) => void
  span: string
  onSpan: (span: string) => void
  /** The label of the number, and its bounds. */
  label: string
  most: number
  required?: boolean
}

function NoteAndSpan({ note, onNote, span, onSpan, label, most, required = false }: NoteAndSpan) {
  const id = useId()
  return (
    <div className="stacked-form">
      <label htmlFor={`${id}-note`}>Why, for whoever reads the list</label>
      <input
        id={`${id}-note`}
        className="input"
        maxLength={256}
        value={note}
        placeholder="ticket 4711"
        onChange={({ target }) => onNote(target.value)}
      />
      <label htmlFor={`${id}-span`}>{label}</label>
      <input
        id={`${id}-span`}
        className="input"
        type="number"
        min={1}
        max={most}
        required={required}
        value={span}
        onChange={({ target }) => onSpan(target.value)}
      />
    </div>
  )
}

/** Before and after somebody is let through where it changes nothing. */
export const noHelp =
  'It will not help: by its registration, the guards of this API refuse devices on the allow list. If they have allowListed: true, an operator states that in the settings of the API.'

const isWithin = (span: string, most: number): boolean => /^[1-9]\d{0,3}$/.test(span) && Number(span) <= most

const mostDays = 3_650

export function BanInstallation({ app, installationKey: key }: Named) {
  const [note, setNote] = useState('')
  const [days, setDays] = useState('')
  return (
    <ConfirmedAction
      label="Ban"
      title={`Ban installation ${shortened(key)} of ${app}?`}
      danger
      ready={days === '' || isWithin(days, mostDays)}
      change={changes.ban(app, { key }, { note, span: days })}
    >
      <p>
        It gets no more tokens. Where hardware vouches for it, the key of that hardware is banned, and no
        other installation of the app on the same device gets tokens either; otherwise its own key is banned.
      </p>
      <NoteAndSpan
        {...{ note, onNote: setNote, span: days, onSpan: setDays, most: mostDays }}
        label="Days until the ban ends; empty: until it is lifted"
      />
    </ConfirmedAction>
  )
}

/** Hours. */
const longest = 24

export function LetThrough({
  app,
  installationKey: key,
  refusal: { audience, trace, tier, allow_listed: helps },
}: Named & { refusal: Installation['let_through'][number] }) {
  const [note, setNote] = useState('')
  const [hours, setHours] = useState(String(longest))
  return (
    <ConfirmedAction
      label="Let through"
      title={`Let through installation ${shortened(key)} at ${audience}?`}
      small
      ready={isWithin(hours, longest)}
      change={changes.letThrough({ app, key }, { audience, trace }, { note, span: hours })}
    >
      <p>It gets tokens of this API with its tier, {tier}, although the policy refuses it.</p>
      {helps ? null : <p className="warn-text">{noHelp}</p>}
      <p>
        The request to be let through may be the attack. Verify in another way who is asking, and give no more
        time than is needed. Admins see who let whom through.
      </p>
      <NoteAndSpan
        {...{ note, onNote: setNote, span: hours, onSpan: setHours, most: longest }}
        label="Hours until it ends, at most 24"
        required
      />
    </ConfirmedAction>
  )
}

/** Forgets, and then says what is gone and what remains: the page itself is gone with it. */
export function ForgetInstallation({ app, installationKey: key }: Named) {
  const [open, setOpen] = useState(false)
  const change = changes.forget(app, key)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const work = useMutation({
    mutationFn: () => perform<Forgotten>(change),
    // To read it again would find nothing, and would close this dialog before anybody has read what remains.
    onSuccess: () =>
      queries.setQueryData(installationQuery(app, key).queryKey, (shown) => shown && withoutHistory(shown)),
  })
  const close = async () => {
    // Whoever closed it now would never read what remains.
    if (work.isPending) return
    setOpen(false)
    if (!work.isSuccess) return work.reset()
    await navigate({ to: '/installations', search: { app } as object })
    await queries.invalidateQueries()
  }
  const title = `Forget installation ${shortened(key)} of ${app}`
  return (
    <>
      <button
        type="button"
        className="button"
        aria-haspopup="dialog"
        aria-label={title}
        onClick={() => setOpen(true)}
      >
        Forget
      </button>
      {open ? (
        <Dialog
          title={work.isSuccess ? `Installation ${shortened(key)} is forgotten` : `${title}?`}
          onClose={() => void close()}
        >
          <div className="dialog-body">
            {work.isSuccess ? <Remains {...work.data} /> : <WhatItDoes />}
            {work.isSuccess ? null : <CliLine command={change.command} />}
          </div>
          {work.isError ? <Problem error={work.error} /> : null}
          <footer className="dialog-foot">
            <button type="button" className="button" disabled={work.isPending} onClick={() => void close()}>
              {work.isSuccess ? 'Done' : 'Cancel'}
            </button>
            {work.isSuccess ? null : (
              <button
                type="button"
                className="button button-danger"
                disabled={work.isPending}
                onClick={() => work.mutate()}
              >
                Forget
              </button>
            )}
          </footer>
        </Dialog>
      ) : null}
    </>
  )
}

/** What the page behind the dialog may still show. */
const withoutHistory = (shown: Installation): Installation => ({
  ...shown,
  ...{ evidence: [], refusals: [], traces: [], allowed: [], let_through: [], reference_said_at: null },
})

function WhatItDoes() {
  return (
    <>
      <p>
        Its evidence, traces and references are deleted, and it is let through no longer. It has to enrol
        again. This cannot be undone.
      </p>
      <p>
        Its bans remain, and so do the limits of the hardware key behind it: otherwise forgetting would lift a
        ban. Counts and the audit log remain, too.
      </p>
    </>
  )
}

function Remains({ removed, remain }: Forgotten) {
  return (
    <div role="status">
      <p>
        Deleted: {removed.traces === 1 ? 'one trace' : `${removed.traces} traces`},{' '}
        {removed.installations === 0 ? 'no remembered evidence' : 'its evidence'}, and{' '}
        {removed.allowed === 1 ? 'one allowed device' : `${removed.allowed} allowed devices`}.
      </p>
      <p>
        Remain: {remain.bans === 1 ? 'one ban' : `${remain.bans} bans`}
        {remain.enrolments === 0
          ? '.'
          : `, and the count of new installations of its vouching key on ${remain.enrolments === 1 ? 'one day' : `${remain.enrolments} days`}, which limits it for up to three days.`}
      </p>
    </div>
  )
}
