import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import {
  jwtTypes,
  statusListType,
  thumbprintInput,
  type PublicJwk,
  type VerificationJwk,
} from '@assay/protocol'

/** Tokens and proofs as service and SDK make them, and the same in parts for the bare work. */

export const issuer = 'https://attest.example'
export const audience = 'https://api.example.com'
export const app = 'com.example.app'
export const target = '/v1/orders'
/** An example of a user's own access token; the proof covers it. */
export const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'

/** Unix seconds at which all of this happens. */
export const now = 1_790_000_000

const issuerPair = newInstallation()
export const issuerPublicKey = issuerPair.publicKey
export const issuerJwk: VerificationJwk = {
  ...issuerPair.jwk,
  alg: 'ES256',
  use: 'sig',
  kid: 'key-1',
}

export interface Signed {
  readonly text: string
  readonly input: Buffer
  readonly signature: Buffer
}

export interface Installation {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: PublicJwk
}

/**
 * By way of DER: on Node 20, `export({ format: 'jwk' })` of a key that was generated in this process can lock itself out
 * when garbage is collected in the middle of it.
 */
export function newInstallation(): Installation {
  const der = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  const point = der.publicKey.subarray(-64)
  const [x, y] = [point.subarray(0, 32).toString('base64url'), point.subarray(32).toString('base64url')]
  return {
    privateKey: createPrivateKey({ key: der.privateKey, type: 'pkcs8', format: 'der' }),
    publicKey: createPublicKey({ key: der.publicKey, type: 'spki', format: 'der' }),
    jwk: { kty: 'EC', crv: 'P-256', x, y },
  }
}

export function mintToken(installation: Installation): Signed {
  const claims = {
    iss: issuer,
    sub: app,
    aud: audience,
    iat: now - 5,
    exp: now + 295,
    jti: randomUUID(),
    cnf: { jwk: installation.jwk },
    installation: createHash('sha256').update(installation.jwk.x).digest('base64url'),
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'warning',
    holder_key: 'software',
    mode: 'bound',
  }
  return signJws(
    { typ: jwtTypes.attestation, alg: 'ES256', kid: issuerJwk.kid },
    claims,
    issuerPair.privateKey,
  )
}

/** The same as an access token (RFC 9068). */
export function mintAccessToken({ jwk }: Installation): Signed {
  const claims = {
    iss: issuer,
    sub: createHash('sha256').update(jwk.x).digest('base64url'),
    client_id: app,
    aud: audience,
    iat: now - 5,
    exp: now + 295,
    jti: randomUUID(),
    cnf: { jkt: createHash('sha256').update(thumbprintInput(jwk)).digest('base64url') },
    build: '1.4.2+142',
    platform: 'android',
    ear_status: 'warning',
    holder_key: 'software',
  }
  return signJws({ typ: jwtTypes.access, alg: 'ES256', kid: issuerJwk.kid }, claims, issuerPair.privateKey)
}

/** @param at Unix seconds */
export function mintStatusList(at: number, shards: readonly string[]): Signed {
  const claims = { iss: issuer, aud: audience, iat: at, exp: at + 3600, retired: [], banned: [], shards }
  return signJws({ typ: statusListType, alg: 'ES256', kid: issuerJwk.kid }, claims, issuerPair.privateKey)
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
const ath = hashOf(accessToken)

/** For a request whose only token is an access token. */
export function mintAccessProof(installation: Installation, token: Signed): Signed {
  const claims = { jti: randomUUID(), htm: 'POST', htu: audience + target, iat: now, ath: hashOf(token.text) }
  return signJws({ typ: jwtTypes.dpop, alg: 'ES256', jwk: installation.jwk }, claims, installation.privateKey)
}

/** @param path of a request without `Authorization`; default: the orders, with one */
export function mintProof(installation: Installation, path?: string): Signed {
  const claims = {
    ...{ jti: randomUUID(), htm: 'POST', htu: audience + (path ?? target), iat: now },
    ...(path === undefined ? { ath } : {}),
  }
  return signJws({ typ: jwtTypes.dpop, alg: 'ES256', jwk: installation.jwk }, claims, installation.privateKey)
}

function signJws(header: object, payload: object, key: KeyObject): Signed {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const input = Buffer.from(`${encode(header)}.${encode(payload)}`)
  const signature = sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
  // A flat string, like that of an HTTP parser, and not the rope that concatenation makes.
  const text = Buffer.from(`${input.toString()}.${signature.toString('base64url')}`).toString('latin1')
  return { text, input, signature }
}
