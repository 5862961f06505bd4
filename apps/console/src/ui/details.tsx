import { useState, type ReactNode } from 'react'
import { Dialog } from './dialog.tsx'

/** A button that shows what a table row has no room for. */
export function Details({ of, title, children }: { of: string; title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="button button-small"
        aria-haspopup="dialog"
        aria-label={`Details of ${of}`}
        onClick={() => setOpen(true)}
      >
        Details
      </button>
      {open ? (
        <Dialog title={title} onClose={() => setOpen(false)}>
          <div className="dialog-body">{children}</div>
        </Dialog>
      ) : null}
    </>
  )
}
