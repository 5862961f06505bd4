import type { Page } from '../../system/page.ts'

/** The value of `after` if there is no previous page: every id comes after it. */
export const first = ({ after }: Page): string => after ?? ''

/**
 * Groups the rows of a linking table: the values that belong to a key, in the order of the rows; none for a key that
 * no row names.
 */
export function valuesByKey<Row, Value>(
  rows: readonly Row[],
  entry: (row: Row) => [key: string, value: Value],
): (key: string) => Value[] {
  const groups = new Map<string, Value[]>()
  for (const row of rows) {
    const [key, value] = entry(row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return (key) => groups.get(key) ?? []
}

/** Whether the database refused a statement because a row that it refers to is missing, in either dialect. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || error.code === '23503'
}
