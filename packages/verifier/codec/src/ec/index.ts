import { KeyObject, webcrypto } from 'node:crypto'

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
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return KeyObject.from(await webcrypto.subtle.importKey('raw', point, p256, false, ['verify']))
}

/** Whether {@link p256PublicKey} threw this because of the coordinates. */
export function isNoPoint(error: unknown): boolean {
  return error instanceof Error && error.name === 'DataError'
}
