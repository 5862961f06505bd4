import { createHmac, timingSafeEqual } from 'node:crypto'

/** An entry by its number, and by its hash, which covers the whole entry and the one before it. */
export interface EntryName {
  readonly number: number
  readonly hash: string
}

/** The MAC of an entry: whoever writes to the database can compute its hash, but not this. */
export function macOf({ number, hash }: EntryName, auditKey: Uint8Array): string {
  return hmac(`assay/audit-entry/1\0${number}:${hash}`, auditKey)
}

/** The seal of the head. That of an entry that is no longer the last is kept nowhere: nobody can make it the last again. */
export function sealOf({ number, hash }: EntryName, auditKey: Uint8Array): string {
  return hmac(`assay/audit-head/1\0${number}:${hash}`, auditKey)
}

/** Whether the holder of the key made the MAC of an entry. */
export function hasMac(entry: EntryName & { mac: string }, auditKey: Uint8Array): boolean {
  return areEqual(entry.mac, macOf(entry, auditKey))
}

/** Whether the holder of the key made the seal of a head. */
export function isSealed(head: EntryName & { seal: string }, auditKey: Uint8Array): boolean {
  return areEqual(head.seal, sealOf(head, auditKey))
}

function hmac(text: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

function areEqual(found: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(found), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
