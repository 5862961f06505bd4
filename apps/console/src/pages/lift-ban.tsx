import type { ReactNode } from 'react'
import type { Ban } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { ConfirmedAction } from '../ui/action.tsx'

/** Of a ban that a support key may not lift. */
export const liftedByOthers = 'An operator banned it: only an admin key can lift this ban.'

export function LiftBan({ ban, children }: { ban: Ban; children?: ReactNode }) {
  const { app, vouching_key: key } = ban
  return (
    <ConfirmedAction
      label="Lift"
      title={`Lift the ban of ${key.length > 16 ? `${key.slice(0, 16)}…` : key} of ${app}?`}
      small
      change={changes.liftBan(ban)}
    >
      <p>Installations behind this key may attest again.</p>
      {children}
    </ConfirmedAction>
  )
}
