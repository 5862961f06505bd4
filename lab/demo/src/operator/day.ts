/** An act of an operator, and its result. */
export interface OperatorRow {
  name: string
  expected: string
  actual: string
}

/** Collects rows, and reports each as it happens. */
export interface Day {
  row(name: string, expected: string, actual: string): void
  readonly rows: readonly OperatorRow[]
}

export function createDay(tell: (row: OperatorRow) => void): Day {
  const rows: OperatorRow[] = []
  return {
    rows,
    row(name, expected, actual) {
      const row = { name, expected, actual }
      rows.push(row)
      tell(row)
    },
  }
}
