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
