import { randomUUID } from 'node:crypto'
import {
  jwtTypes,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  type AdmissibleTier,
  type Platform,
  type TokenKind,
} from '@assay/protocol'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose'

export interface ExampleOrder {
  issuer: string
  app: string
  audience: string
  kind: TokenKind
  tier: AdmissibleTier
  platform: Platform
  build: string
  /** Unix seconds. */
  now: number
}

/** A token for testing an API, and what else such a test needs. */
export interface ExampleToken {
  token: string
  /** The `jwks` for the guard of the test: the key was made for this token, and no service has it. */
  jwks: { keys: JWK[] }
  /** The private installation key, for the proof of each request. */
  holder: JWK
  claims: Record<string, unknown>
}

/** The keys are made for this token: only a guard that is given this very `jwks` accepts it. */
export async function makeExampleToken(order: ExampleOrder): Promise<ExampleToken> {
  const signing = await generateKeyPair('ES256', { extractable: true })
  const holder = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(signing.publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const { kty, crv, x, y } = await exportJWK(holder.publicKey)
  const jkt = await calculateJwkThumbprint({ kty, crv, x, y } as JWK)
  const isAccess = order.kind === 'access'
  const claims = {
    iss: order.issuer,
    aud: order.audience,
    iat: order.now,
    exp: order.now + (isAccess ? longestAccessTokenLifetime : longestTokenLifetime.bound),
    jti: randomUUID(),
    build: order.build,
    platform: order.platform,
    ear_status: order.tier,
    holder_key: 'software',
    // Any name will do for an installation that no service knows.
    ...(isAccess
      ? { sub: jkt, client_id: order.app, cnf: { jkt } }
      : { sub: order.app, cnf: { jwk: { kty, crv, x, y } }, installation: jkt, mode: 'bound' }),
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: jwtTypes[order.kind], kid })
    .sign(signing.privateKey)
  return {
    token,
    jwks: { keys: [{ ...jwk, alg: 'ES256', use: 'sig', kid }] },
    holder: await exportJWK(holder.privateKey),
    claims,
  }
}
