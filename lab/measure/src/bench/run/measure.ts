import type { Effort } from '../row/effort.ts'
import { NotRunError, type BenchRow, type Row } from '../row/row.ts'
import type { RowId } from '../row/table.ts'

/** The longest text of an error in a row: the end of it, where programs say why they failed. */
const longestError = 1_000

/** Rows that are measured together. */
export interface Measurement {
  readonly rows: readonly RowId[]
  measure(effort: Effort): Promise<BenchRow | readonly BenchRow[]> | BenchRow
}

/**
 * Measures one after the other, and gives a row for every id. What throws makes rows with `error`, and the others are
 * measured nevertheless.
 *
 * @param requireAll makes an error of what the machine lacks
 */
export async function* measureEach(
  measurements: readonly Measurement[],
  effort: Effort,
  requireAll: boolean,
): AsyncGenerator<Row> {
  for (const { rows, measure } of measurements) {
    try {
      const measured = [await measure(effort)].flat()
      for (const id of rows)
        yield measured.find((row) => row.id === id) ?? { id, error: 'it was measured, and no row came out' }
    } catch (error) {
      for (const id of rows)
        yield error instanceof NotRunError && !requireAll
          ? { id, notRun: error.message }
          : { id, error: inWords(error) }
    }
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stderr } = error as { stderr?: unknown }
  const text = typeof stderr === 'string' && stderr !== '' ? stderr.trim() : error.message
  return text.slice(-longestError)
}
