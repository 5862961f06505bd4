import type { ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import { given, type Filter } from '../api/pages.ts'

/** Leads to the kept refusals that a filter selects. */
export function RefusalsLink({
  where,
  className,
  label,
  children,
}: {
  where: Filter
  className?: string
  /** What it leads to, where its text does not say so. */
  label?: string
  children: ReactNode
}) {
  return (
    <Link to="/refusals" search={given(where) as object} className={className} aria-label={label}>
      {children}
    </Link>
  )
}
