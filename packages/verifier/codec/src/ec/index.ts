import { KeyObject, webcrypto } from 'node:crypto'
import { decodeCanonicalBase64url } from '../text/index.ts'

/** The name of the error that Web Crypto throws for it. */
const noPoint = 'DataError'
const p256 = { name: 'ECDSA', namedCurve: 'P-256' }

/**
 * The P-256 public key with these coordinates, each base64url of 32 bytes. By way of Web Crypto, as an uncompressed point
 * (SEC 1 section 2.3.3), which takes less time than `createPublicKey` for a JWK.
 *
 * @throws DOMException (`DataError`) when the coordinates are no point of the curve
 */
export async function p256PublicKey({
  x,
  y,
}: {
  readonly x: string
  readonly y: string
}): Promise<KeyObject> {
  const coordinates = [x, y]
    .map((text) => decodeCanonicalBase64url(text))
    .filter((bytes): bytes is Buffer => bytes?.length === 32)
  if (coordinates.length !== 2) throw new DOMException('no coordinates', noPoint)
  const point = Buffer.concat([Buffer.of(4), ...coordinates])
  // Extractable: of a key that is not, Node 26 and later make no key object without a warning.
  return KeyObject.from(await webcrypto.subtle.importKey('raw', point, p256, true, ['verify']))
}

/** Whether {@link p256PublicKey} threw this because of the coordinates. */
export function isNoPoint(error: unknown): boolean {
  return error instanceof Error && error.name === noPoint
}
