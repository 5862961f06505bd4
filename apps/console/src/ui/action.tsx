import { useState, type ReactNode } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { perform, type Change } from '../api/changes.ts'
import { CliLine } from './cli-line.tsx'
import { Dialog } from './dialog.tsx'
import { Problem } from './states.tsx'

interface ConfirmedAction {
  /** On the button. */
  label: string
  title: string
  /** What will happen. */
  children: ReactNode
  change: Change
  /** After it is done, before the page reloads its data. */
  onDone?: () => Promise<void>
  danger?: boolean
  small?: boolean
  /** Whether the dialog can be confirmed; default: yes. */
  ready?: boolean
  onOpen?: () => void
}

/**
 * A button whose action must be confirmed first, with the line of the CLI that does the same. The page reloads its data
 * when it is done.
 */
export function ConfirmedAction({
  label,
  title,
  children,
  change,
  onDone,
  danger = false,
  small = false,
  ready = true,
  onOpen,
}: ConfirmedAction) {
  const [open, setOpen] = useState(false)
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: async () => {
      await perform(change)
      await onDone?.()
    },
    onSuccess: async () => {
      setOpen(false)
      await queries.invalidateQueries()
    },
  })
  const close = () => {
    setOpen(false)
    work.reset()
  }
  return (
    <>
      <button
        type="button"
        className={`button${small ? ' button-small' : ''}`}
        aria-haspopup="dialog"
        // What it does, and to whom: many rows have such a button.
        aria-label={title.startsWith(label) ? title.replace(/\?$/, '') : undefined}
        onClick={() => {
          onOpen?.()
          setOpen(true)
        }}
      >
        {label}
      </button>
      {open ? (
        <Dialog title={title} onClose={close}>
          <div className="dialog-body">
            {children}
            <CliLine command={change.command} />
          </div>
          {work.isError ? <Problem error={work.error} /> : null}
          <footer className="dialog-foot">
            <button type="button" className="button" onClick={close}>
              Cancel
            </button>
            <button
              type="button"
              className={`button ${danger ? 'button-danger' : 'button-primary'}`}
              disabled={work.isPending || !ready}
              onClick={() => work.mutate()}
            >
              {label}
            </button>
          </footer>
        </Dialog>
      ) : null}
    </>
  )
}
