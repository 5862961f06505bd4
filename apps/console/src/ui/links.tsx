import type { ReactNode } from 'react'
import { Link } from '@tanstack/react-router'
import { given, type Filter } from '../api/pages.ts'
import { number } from './numbers.ts'

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

/** How attestations of a build ended; the refused lead to their refusals. */
export function PassedAndRefused(of: { app: string; build: string; passed: number; refused: number }) {
  const { app, build, passed, refused } = of
  return (
    <span className="counts">
      {number.format(passed)} passed,{' '}
      <strong>
        {refused === 0 ? (
          '0 refused'
        ) : (
          <RefusalsLink where={{ app, build }}>{number.format(refused)} refused</RefusalsLink>
        )}
      </strong>
    </span>
  )
}
