import { KeyObject, webcrypto } from 'node:crypto'

/** The name of the error that Web Crypto throws for it. */
const noPoint = 'DataError'
/** Web Crypto would take compressed points too. */
const uncompressed = { form: 4, length: 65 }
const p256 = { name: 'ECDSA', namedCurve: 'P-256' }

/**
 * The P-256 public key of an uncompressed point (SEC 1 section 2.3.3). By way of Web Crypto, which takes less time than
 * `createPublicKey` for a JWK.
 *
 * @throws DOMException (`DataError`) for anything else, `undefined` included, and for a point that is not on the curve
 */
export async function p256PublicKey(point: Uint8Array<ArrayBuffer> | undefined): Promise<KeyObject> {
  if (point?.length !== uncompressed.length || point[0] !== uncompressed.form)
    throw new DOMException('no point', noPoint)
  // Extractable: of a key that is not, Node 26 and later make no key object without a warning.
  return KeyObject.from(await webcrypto.subtle.importKey('raw', point, p256, true, ['verify']))
}

/** Whether {@link p256PublicKey} threw this because of the point. */
export function isNoPoint(error: unknown): boolean {
  return error instanceof Error && error.name === noPoint
}
