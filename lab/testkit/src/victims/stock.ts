import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { jwtTypes, paths } from '@assay/protocol'
import { startListening, type RunningApi } from './listening.ts'

/** The code of a stock resource server for a request without a token that it takes. */
const stockRefused = 'STOCK_REFUSED'

/**
 * An API behind what frameworks have: a token in `Authorization` is taken by its signature, type, issuer, audience and time.
 * Nothing of Assay is looked at, not even the proof.
 *
 * @param jwks default: that of the attestation service at `issuer`
 */
export async function startStockApi(
  issuer: string,
  jwks = new URL(paths.jwks, issuer).href,
): Promise<RunningApi> {
  const keys = createRemoteJWKSet(new URL(jwks))
  return startListening((audience) => (request, response) => {
    const token = /^(?:DPoP|Bearer) (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    jwtVerify(token, keys, { issuer, audience, typ: jwtTypes.access, algorithms: ['ES256'] }).then(
      ({ payload }) => response.end(JSON.stringify({ user: payload.sub })),
      () => response.writeHead(401).end(JSON.stringify({ code: stockRefused })),
    )
  })
}

/** The issuer of the users' own access tokens, which has nothing to do with Assay. */
export async function startUsersIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'users' }
  const server = await startListening(() => (_request, response) => {
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  return {
    ...server,
    token: (audience: string): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', typ: jwtTypes.access, kid: 'users' })
        .setIssuer(server.url)
        .setAudience(audience)
        .setSubject('user-1')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
  }
}
