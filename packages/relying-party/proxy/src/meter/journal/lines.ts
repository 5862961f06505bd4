import { crc32 } from 'node:zlib'

/**
 * An entry of a line, as JSON: of an account its whole state (kind, subject, app, then window and use of each
 * limit), of a dropped account kind and subject, of a floor its state without a subject.
 */
export type JournalEntry =
  | readonly [kind: number, subject: string, app: string, ...uses: (number | null)[]]
  | readonly [kind: number, subject: string]
  | readonly [kind: number, subject: null, app: '', ...uses: (number | null)[]]

/** One line: a checksum (CRC-32), a space, and the value as JSON. */
export function lineOf(value: unknown): string {
  const json = JSON.stringify(value)
  return `${checksum(json)} ${json}\n`
}

/** The value of a line without its end; `undefined`: it is not as it was written. */
export function valueOf(line: string): unknown {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== checksum(json)) return undefined
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

/** `window` and `used` of an account in turn; a window that never began is `null`. */
export function usesOf(window: readonly number[], used: readonly number[]): (number | null)[] {
  return window.flatMap((each, at) => [Number.isFinite(each) ? each : null, used[at] as number])
}
