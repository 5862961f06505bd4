import { randomBytes } from 'node:crypto'
import { createSoftwareKey } from '@assay/testkit'
import { generateSigningKey, issueToken, type TokenInput } from '@assay/tokens'
import { app } from '../core/foreign-world.ts'
import { listen } from '../subject/resources.ts'

/** Tokens as the attestation service issues them, and its JWKS over HTTP. */
export async function startIssuer() {
  const now = () => Math.floor(Date.now() / 1000)
  const signingKey = generateSigningKey('ES256', now() - 3600, now() - 3600)
  const installation = createSoftwareKey()
  const server = await listen((_request, response) =>
    response
      .setHeader('content-type', 'application/jwk-set+json')
      .end(JSON.stringify({ keys: [signingKey.jwk] })),
  )
  const { url } = server
  return {
    ...server,
    installation,
    token: (audience: string, changes: Partial<TokenInput> = {}) =>
      issueToken({
        key: signingKey,
        issuer: url,
        app,
        audience,
        holder: installation.publicJwk,
        installation: installation.thumbprint,
        build: '1.4.2+142',
        platform: 'android',
        tier: 'affirming',
        holderKey: 'software',
        mode: 'bound',
        now: now(),
        lifetime: 300,
        jti: randomBytes(16).toString('base64url'),
        ...changes,
      }),
  }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>
