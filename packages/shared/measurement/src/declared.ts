import { MeasurementError, type MeasurementErrorCode } from './measurement-error.ts'

/** The entry that a plan names, among those that the SDK declares. @throws MeasurementError `code` when it is none. */
export function declared<T>(table: Readonly<Record<string, T>>, name: string, code: MeasurementErrorCode): T {
  if (!Object.prototype.hasOwnProperty.call(table, name)) throw new MeasurementError(code)
  return table[name] as T
}
