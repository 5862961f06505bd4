import type { KeyObject } from 'node:crypto'
import type { Clock } from '../system/ports.ts'
import { askVendor } from './ask-vendor.ts'
import { VendorError } from './vendor-error.ts'

/** A receipt, and the key by which the vendor identifies the owner of the app. */
interface ReceiptToExchange {
  url: string
  receipt: Uint8Array
  key: { teamId: string; keyId: string; privateKey: KeyObject }
}

type Exchanged = { kind: 'renewed'; receipt: Uint8Array } | { kind: 'too_early' } | { kind: 'unknown' }

/** Milliseconds. */
const timeout = 5_000
/** Characters: a receipt has some thousand bytes. */
const longest = 65_536

/**
 * Exchanges a receipt for a newer one over HTTP: base64 both ways, and a JWT signed with the key in `Authorization`.
 *
 * @throws VendorError for every answer but 200, 304 and 404
 */
export function createReceiptExchange({ fetch, clock }: { fetch: typeof globalThis.fetch; clock: Clock }) {
  return async ({ url, receipt, key }: ReceiptToExchange): Promise<Exchanged> => {
    // Loaded on demand, as elsewhere.
    const { SignJWT } = await import('jose')
    const authorization = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: key.keyId })
      .setIssuer(key.teamId)
      .setIssuedAt(Math.floor(clock() / 1000))
      .sign(key.privateKey)
    const { status, text } = await askVendor(fetch, {
      url,
      method: 'POST',
      headers: { authorization },
      body: Buffer.from(receipt).toString('base64'),
      timeout,
      longest,
    })
    switch (status) {
      case 200:
        return { kind: 'renewed', receipt: bytesOf(text) }
      case 304:
        return { kind: 'too_early' }
      case 404:
        return { kind: 'unknown' }
      case 401:
      case 403:
        throw new VendorError('VENDOR_CREDENTIALS')
      default:
        throw new VendorError('VENDOR_STATUS')
    }
  }
}

function bytesOf(text: string): Uint8Array {
  const base64 = text.trim()
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new VendorError('VENDOR_NONSENSE')
  return Buffer.from(base64, 'base64')
}
