import { useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { perform, type Change } from '../api/changes.ts'
import { CliLine } from '../ui/cli-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/states.tsx'
import { bodyOf, faultIn, optionsOf, shownOf, startOf, type Fields, type Values } from './fields.ts'
import { FormFields } from './form-fields.tsx'

interface RegistrationDialog {
  /** What it does, and to whom. */
  title: string
  /** On the button that does it. */
  label: string
  fields: Fields
  /** What is registered; undefined: it is new. */
  registered?: object
  /** Where the body goes. */
  path: string
  /** `app add`: the command of the CLI. */
  command: string
  /** What is changed; of something new its name is that of the first field. */
  of?: string
  onClose: () => void
}

/** Registers something, or changes what is registered: sends what differs, and shows the command that does the same. */
export function RegistrationDialog({
  title,
  label,
  fields,
  registered,
  path,
  command,
  of,
  onClose,
}: RegistrationDialog) {
  const [before] = useState(() => (registered === undefined ? undefined : valuesOf(fields, registered)))
  const [values, setValues] = useState<Values>(() => before ?? startOf(fields))
  const queries = useQueryClient()
  const changes = { fields, values, before }
  const fault = faultIn(changes)
  const [name = ''] = Object.keys(fields)
  const options = optionsOf(before === undefined ? { ...changes, fields: without(fields, name) } : changes)
  const change: Change = {
    method: before === undefined ? 'POST' : 'PATCH',
    path,
    body: () => bodyOf(changes),
    command: {
      name: command,
      to: [of ?? (String(values[name] ?? '').trim() || name.toUpperCase())],
      options,
    },
  }
  const work = useMutation({
    mutationFn: () => perform(change),
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries()
    },
  })
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form
        className="stacked-form dialog-body"
        onSubmit={(event) => {
          event.preventDefault()
          work.mutate()
        }}
      >
        <FormFields {...{ fields, values }} isChange={before !== undefined} onChange={setValues} />
        <CliLine command={change.command} />
        <p className="small bad-text" aria-live="polite">
          {fault}
        </p>
        {work.isError ? <Problem error={work.error} /> : null}
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={fault !== undefined || work.isPending || (before !== undefined && options.length === 0)}
          >
            {label}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

const valuesOf = (fields: Fields, registered: object): Values =>
  Object.fromEntries(
    Object.entries(fields).map(([member, field]) => [
      member,
      shownOf(field, (registered as Record<string, unknown>)[member]),
    ]),
  )

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([member]) => member !== name))
