import { must, type MeasurementErrorCode } from './measurement-error.ts'

/** The entry that a plan names, among those that the SDK declares. @throws MeasurementError `code` when it is none. */
export function declared<T>(table: Readonly<Record<string, T>>, name: string, code: MeasurementErrorCode): T {
  must(Object.keys(table).includes(name), code)
  return table[name] as T
}
