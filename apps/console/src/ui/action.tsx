import { useState, type ReactNode } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CliLine } from './cli-line.tsx'
import { Dialog } from './dialog.tsx'
import { Problem } from './states.tsx'

interface ConfirmedAction {
  /** On the button. */
  label: string
  title: string
  /** What will happen. */
  children: ReactNode
  run: () => Promise<unknown>
  danger?: boolean
  small?: boolean
  /** Whether the dialog can be confirmed; default: yes. */
  ready?: boolean
  onOpen?: () => void
  /** The line of the CLI that does the same. */
  cli?: string
}

/** A button whose action must be confirmed first. The page reloads its data when it is done. */
export function ConfirmedAction({
  label,
  title,
  children,
  run,
  danger = false,
  small = false,
  ready = true,
  onOpen,
  cli,
}: ConfirmedAction) {
  const [open, setOpen] = useState(false)
  const queries = useQueryClient()
  const work = useMutation({
    mutationFn: run,
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
            {cli === undefined ? null : <CliLine line={cli} />}
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
