import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths } from '@assay/protocol'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose'

export interface Issuer {
  issuer: string
  /** Token and proof of a genuine request, by the system's clock. Each has a proof of its own. */
  fields(
    method: string,
    path: string,
    secondsAhead?: number,
  ): Promise<{ 'OAuth-Client-Attestation': string; DPoP: string }>
  /** A genuine phone: a token of each kind, and proofs, each of its own; for an access token with its hash. */
  phone(): Promise<{
    token: string
    access: string
    proof(method: string, path: string, access?: string): Promise<string>
  }>
  close(): Promise<void>
}

/** A service that publishes its keys, and an app `com.example.app` with a token for `audience`. */
export async function startIssuer(audience: string): Promise<Issuer> {
  const signing = fixedKeyPair('P-256', 'issuer of the gateway')
  const installation = fixedKeyPair('P-256', 'installation at the gateway')
  const keys = [{ ...(await exportJWK(signing.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }]
  const server = createServer(({ url }, response) => {
    response.writeHead(url === paths.jwks ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const jwk = await exportJWK(installation.publicKey)
  let made = 0
  const issuerOfApp: Issuer = {
    issuer,
    async fields(method, path, secondsAhead = 0) {
      const now = Math.floor(Date.now() / 1000)
      const token = await new SignJWT({
        ...{ cnf: { jwk }, installation: 'pseudonym', build: '1', platform: 'android' },
        ...{ ear_status: 'affirming', holder_key: 'hardware', mode: 'bound' },
      })
        .setProtectedHeader({ typ: 'oauth-client-attestation+jwt', alg: 'ES256', kid: 'one' })
        .setIssuer(issuer)
        .setSubject('com.example.app')
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 300)
        .setJti('token-0001')
        .sign(signing.privateKey)
      made += 1
      const proof = await new SignJWT({ htm: method, htu: audience + path })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .setIssuedAt(now + secondsAhead)
        .setJti(`proof-${String(made).padStart(12, '0')}`)
        .sign(installation.privateKey)
      return { 'OAuth-Client-Attestation': token, DPoP: proof }
    },
    async phone() {
      const { 'OAuth-Client-Attestation': token } = await issuerOfApp.fields('GET', '/')
      const now = Math.floor(Date.now() / 1000)
      const access = await new SignJWT({
        ...{ client_id: 'com.example.app', cnf: { jkt: await calculateJwkThumbprint(jwk) } },
        ...{ build: '1', platform: 'android', ear_status: 'affirming', holder_key: 'hardware' },
      })
        .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid: 'one' })
        .setIssuer(issuer)
        .setSubject('pseudonym')
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 300)
        .setJti('token-0002')
        .sign(signing.privateKey)
      return {
        token,
        access,
        proof(method, path, given) {
          const ath =
            given === undefined ? {} : { ath: createHash('sha256').update(given).digest('base64url') }
          return new SignJWT({ htm: method, htu: audience + path, ...ath })
            .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
            .setIssuedAt(now)
            .setJti(`proof-${String((made += 1)).padStart(12, '0')}`)
            .sign(installation.privateKey)
        },
      }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return issuerOfApp
}
