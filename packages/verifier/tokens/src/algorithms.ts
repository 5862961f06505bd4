import { createPrivateKey, generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { TokenAlgorithm, VerificationJwk } from '@assay/protocol'

/** Everything that an algorithm implies: nothing below this table switches on its name. */
interface Algorithm {
  generate(): KeyObject
  /** Whether a private key is of the one type and curve that the algorithm is for. */
  fits(key: KeyObject): boolean
  /** 64 bytes, in the form that JWS wants. */
  sign(data: Buffer, key: KeyObject): Buffer
  /** Required members of the JWK in the order of RFC 7638 (RFC 8037 for OKP): what the thumbprint is over. */
  thumbprintInput(jwk: JsonWebKey): string
  verificationJwk(jwk: JsonWebKey, kid: string): VerificationJwk
}

/**
 * A new key, through DER: on Node 20, `export({ format: 'jwk' })` of a key object that was generated in this process
 * can lock itself out when garbage is collected in the middle of it.
 */
function byWayOfDer({ privateKey }: { privateKey: KeyObject }): KeyObject {
  const key = privateKey.export({ type: 'pkcs8', format: 'der' })
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' })
}

export const algorithms: Record<TokenAlgorithm, Algorithm> = {
  ES256: {
    generate: () => byWayOfDer(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    fits: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    sign: (data, key) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
    thumbprintInput: ({ x, y }) => JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }),
    verificationJwk: ({ x, y }, kid) => ({
      kty: 'EC',
      crv: 'P-256',
      x: x as string,
      y: y as string,
      alg: 'ES256',
      use: 'sig',
      kid,
    }),
  },
  Ed25519: {
    generate: () => byWayOfDer(generateKeyPairSync('ed25519')),
    fits: (key) => key.asymmetricKeyType === 'ed25519',
    sign: (data, key) => sign(null, data, key),
    thumbprintInput: ({ x }) => JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }),
    verificationJwk: ({ x }, kid) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x: x as string,
      alg: 'Ed25519',
      use: 'sig',
      kid,
    }),
  },
}
