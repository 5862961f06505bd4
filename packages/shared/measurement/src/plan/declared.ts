/** Something by name: live functions, exercises, probes. */
export type Table<T = unknown> = Readonly<Record<string, T>>

/** Whether everything that a plan names is declared. */
export function areDeclared(table: Table, names: readonly string[]): boolean {
  const known = Object.keys(table)
  return names.every((name) => known.includes(name))
}
