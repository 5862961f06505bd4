import { entryOf, type Bound, type RowId } from '../row/table.ts'
import type { Row } from '../row/row.ts'

/** What a run writes with `--json`. */
export interface BenchDocument {
  readonly machine: Readonly<Record<string, string | number>>
  /** Whether the figures are from the least work, which no bound is for. */
  readonly short: boolean
  /** The one group that was measured; null for all. */
  readonly only: string | null
  readonly rows: readonly Row[]
}

/**
 * Sentences on all that is missed: bounds, and bounded rows without a figure.
 *
 * @param expected the rows that the run was to measure
 * @throws TypeError for a short run, which decides nothing
 */
export function missed({ short, rows }: BenchDocument, expected: readonly RowId[]): string[] {
  if (short) throw new TypeError('the file is of a short run, whose figures no bound is for')
  const measured = new Map<string, Row>(rows.map((row) => [row.id, row]))
  return expected.flatMap((id) => {
    const bounds = entryOf(id).bounds ?? []
    const row = measured.get(id)
    if (row === undefined) return bounds.length === 0 ? [] : [`${id}: the file has no such row`]
    if ('error' in row) return [`${id}: ${row.error}`]
    if ('notRun' in row) return bounds.length === 0 ? [] : [`${id}: not run: ${row.notRun}`]
    return bounds.flatMap((bound) => {
      const [is, most] = [figureOf(row, bound.of), bound.most + (bound.timesBare ?? 0) * (row.bare ?? 0)]
      if (is === undefined) return [`${id}: there is no ${bound.of}`]
      return is <= most ? [] : [`${id}: ${bound.of} is ${is}, at most ${inWords(bound)}`]
    })
  })
}

/** The figure that a bound is for. */
function figureOf(row: Exclude<Row, { error: string } | { notRun: string }>, of: Bound['of']) {
  const figure =
    of === 'value' || of === 'ratio' || of === 'peerRatio' ? row[of] : row.facts?.[of.slice('facts.'.length)]
  return typeof figure === 'number' ? figure : undefined
}

export function inWords({ most, timesBare }: Bound): string {
  return timesBare === undefined ? String(most) : `${timesBare} × bare + ${most}`
}
