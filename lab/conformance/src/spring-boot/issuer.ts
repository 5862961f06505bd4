import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwtTypes, paths, statusListPath } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import { generateSigningKey, issueStatusList, issueToken, type SigningKey } from '@assay/tokens'
import { app } from '../core/foreign-world.ts'

const seconds = () => Math.floor(Date.now() / 1000)

/** Access tokens of the attestation service, its keys and its status list over HTTP, and one phone. */
export async function startIssuer() {
  const newKey = () => generateSigningKey('ES256', seconds() - 3600, seconds() - 3600)
  const phone = createSoftwareKey()
  const keys = [newKey()]
  const banned: string[] = []
  const signing = (): SigningKey => keys.at(-1) as SigningKey
  let audience = ''
  const server = createServer((request, response) => {
    if (request.url === statusListPath(audience)) {
      const list = { key: signing(), issuer: url, audience, now: seconds(), retired: [], banned }
      response.end(issueStatusList(list))
    } else if (request.url === paths.jwks) {
      response.setHeader('content-type', 'application/jwk-set+json')
      response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    phone,
    /** For which API everything is. */
    serve: (api: string) => void (audience = api),
    /** The service signs with another key from now on, and still publishes those before. */
    rotate: () => void keys.push(newKey()),
    ban: () => void banned.push(phone.thumbprint),
    /** An access token of the phone; `claims` and `header` make it another one. */
    token(claims: object = {}, header: object = {}, key: SoftwareKey | SigningKey = signing()): string {
      const now = seconds()
      const sound = {
        iss: url,
        sub: phone.thumbprint,
        aud: audience,
        client_id: app,
        iat: now,
        exp: now + 300,
        jti: randomBytes(16).toString('base64url'),
        cnf: { jkt: phone.thumbprint },
      }
      const full = { typ: jwtTypes.access, alg: 'ES256', kid: signing().kid, ...header }
      return signJws(full, { ...sound, ...claims }, key as SoftwareKey)
    },
    /** A token of the other kind, for the same API. */
    attestation: () =>
      issueToken({
        key: signing(),
        issuer: url,
        app,
        audience,
        holder: phone.publicJwk,
        installation: phone.thumbprint,
        build: '1.4.2+142',
        platform: 'android',
        tier: 'affirming',
        holderKey: 'software',
        mode: 'bound',
        now: seconds(),
        lifetime: 300,
        jti: randomBytes(16).toString('base64url'),
      }),
    /** A proof of the phone for the API's route, for `token`. */
    proof: (token: string, claims: object = {}, key = phone): string =>
      forgeProof(key, 'GET', `${audience}/orders`, { ath: hashOf(token), ...claims }),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
