import { must, type MeasurementErrorCode } from './measurement-error.ts'

/** Something by name: live functions, exercises, probes. */
export type Table<T = unknown> = Readonly<Record<string, T>>

/** Whether all that a plan names is declared. */
export function areDeclared(table: Table, names: readonly string[]): boolean {
  const known = Object.keys(table)
  return names.every((name) => known.includes(name))
}

/** The entry that a plan names, among those that the SDK declares. @throws MeasurementError `code` when it is none. */
export function declared<T>(table: Table<T>, name: string, code: MeasurementErrorCode): T {
  must(areDeclared(table, [name]), code)
  return table[name] as T
}
