import { Link } from '@tanstack/react-router'
import { Time } from './time.tsx'

interface Cell {
  getValue: () => unknown
}

/** A value that machines use. */
export const mono = ({ getValue }: Cell) => <span className="mono">{String(getValue())}</span>

export const code = ({ getValue }: Cell) => <code>{String(getValue())}</code>

/** Why an attestation was refused, with a link to its trace; null: it passed. */
export const reason = ({
  row: { original },
}: {
  row: { original: { code: string | null; trace: string } }
}) =>
  original.code === null ? (
    <span className="muted">–</span>
  ) : (
    <Link to="/attestations/$trace" params={{ trace: original.trace }}>
      <code>{original.code}</code>
    </Link>
  )

/** RFC 3339, or null. */
export const time = ({ getValue }: Cell) => <Time at={getValue() as string | null} inTable />

/** A word in place of a missing value. */
export const orElse = (absent: string) =>
  function OrElse({ getValue }: Cell) {
    const value = getValue() as string | null
    return value === null || value === '' ? <span className="muted">{absent}</span> : <>{value}</>
  }

export const actionsHeader = () => <span className="visually-hidden">Actions</span>
