import { createHmac, timingSafeEqual } from 'node:crypto'

/** The name of the sealed secret whose value is the key. */
export const rowKeyName = 'rows'

type Value = string | number | null

/** Authenticates rows of the database, so that whoever writes to it cannot add one. */
export interface RowMacs {
  /** The MAC of a row. @param table says what the values are @param values in the order of the caller */
  of(table: string, values: readonly Value[]): string
  /** Whether the holder of the key made the MAC of these values. */
  hold(table: string, values: readonly Value[], mac: string): boolean
}

/** base64url(HMAC-SHA-256). @param key 32 bytes that only this service has */
export function createRowMacs(key: Uint8Array): RowMacs {
  const macOf = (table: string, values: readonly Value[]) =>
    createHmac('sha256', key)
      .update('assay/row/1\0')
      .update(JSON.stringify([table, ...values]))
      .digest()
  return {
    of: (table, values) => macOf(table, values).toString('base64url'),
    hold(table, values, mac) {
      const found = Buffer.from(mac, 'base64url')
      const wanted = macOf(table, values)
      return found.length === wanted.length && timingSafeEqual(found, wanted)
    },
  }
}
