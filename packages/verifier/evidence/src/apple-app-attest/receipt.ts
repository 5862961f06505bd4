import { parseSignedData } from '@assay/codec/cms'
import { DerReader, asn1Tag } from '@assay/codec/der'
import { AppAttestError, reading } from './errors.ts'

/** The contents of a receipt. Only the result of `verifyReceipt` is verified. */
export interface AppAttestReceipt {
  readonly appId?: string
  /** `ATTEST` for the one that comes with an attestation, `RECEIPT` for refreshed ones. */
  readonly type?: string
  /** `sandbox` or `production`. */
  readonly environment?: string
  /**
   * Approximate number of keys that this app has attested on this device in the last 30 days; only in refreshed ones.
   */
  readonly riskMetric?: number
  /** Unix seconds. */
  readonly createdAt?: number
  /** Unix seconds; an earlier refresh gives nothing new. Only in refreshed ones. */
  readonly notBefore?: number
  /** Unix seconds. */
  readonly expiresAt?: number
}

/**
 * Reads a receipt as it is in an attestation. Unknown fields are ignored, and the last of two equal fields counts: no
 * decision depends on it.
 *
 * @throws AppAttestError `APP_ATTEST_RECEIPT` unless it is CMS SignedData with fields in the required form
 */
export function parseReceipt(encoded: Uint8Array): AppAttestReceipt {
  return readReceipt(reading('APP_ATTEST_RECEIPT', () => parseSignedData(encoded).content)).receipt
}

/** @param content of the SignedData. @throws AppAttestError `APP_ATTEST_RECEIPT` */
export function readReceipt(content: Uint8Array | undefined): {
  receipt: AppAttestReceipt
  /** The certificate of the attested key, as in the receipt. */
  attestedKey: Uint8Array | undefined
} {
  const fields = reading('APP_ATTEST_RECEIPT', () => readFields(content))
  return { receipt: receiptOf(fields), attestedKey: fields.get(3) }
}

function receiptOf(fields: ReadonlyMap<number, Uint8Array>): AppAttestReceipt {
  return {
    ...named('appId', text(fields.get(2))),
    ...named('type', text(fields.get(6))),
    ...named('environment', text(fields.get(7))),
    ...named('riskMetric', decimal(text(fields.get(17)))),
    ...named('createdAt', instant(text(fields.get(12)))),
    ...named('notBefore', instant(text(fields.get(19)))),
    ...named('expiresAt', instant(text(fields.get(21)))),
  }
}

/** SET OF SEQUENCE { type INTEGER, version INTEGER, value OCTET STRING }. */
function readFields(content: Uint8Array | undefined): ReadonlyMap<number, Uint8Array> {
  if (content === undefined) throw malformed()
  const outer = new DerReader(content, { encoding: 'ber' })
  const set = outer.enter(asn1Tag.set)
  outer.end()
  const fields = new Map<number, Uint8Array>()
  while (!set.atEnd) {
    const field = set.enter()
    const type = field.readInteger()
    field.readInteger()
    fields.set(type, field.readOctetString())
    field.end()
  }
  return fields
}

function named<Name extends string, T>(name: Name, value: T | undefined): { [_ in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [_ in Name]: T })
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString('utf8')
}

function decimal(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw malformed()
  return Number(value)
}

function instant(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const milliseconds = isoInstant.test(value) ? Date.parse(value) : NaN
  if (Number.isNaN(milliseconds)) throw malformed()
  return Math.floor(milliseconds / 1000)
}

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

function malformed(): AppAttestError {
  return new AppAttestError('APP_ATTEST_RECEIPT')
}
