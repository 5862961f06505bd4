import { createHash, randomBytes } from 'node:crypto'
import { paths, statusListPath } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signJws, type SoftwareKey } from '@assay/testkit'
import {
  generateSigningKey,
  issueAccessToken,
  issueStatusList,
  issueToken,
  type SigningKey,
} from '@assay/tokens'
import { app } from '../core/foreign-world.ts'
import { listen } from '../subject/resources.ts'

const seconds = () => Math.floor(Date.now() / 1000)

/** Access tokens of the attestation service, its keys and its status list over HTTP, and one phone. */
export async function startIssuer() {
  const newKey = () => generateSigningKey('ES256', seconds() - 3600, seconds() - 3600)
  const phone = createSoftwareKey()
  const keys = [newKey()]
  const banned: string[] = []
  const signing = (): SigningKey => keys.at(-1) as SigningKey
  let audience = ''
  const server = await listen((request, response) => {
    if (request.url === statusListPath(audience)) {
      const list = { key: signing(), issuer: url, audience, now: seconds(), retired: [], banned }
      response.end(issueStatusList(list))
    } else if (request.url === paths.jwks) {
      response.setHeader('content-type', 'application/jwk-set+json')
      response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
    } else response.writeHead(404).end()
  })
  const { url } = server
  const contents = () => ({
    key: signing(),
    issuer: url,
    app,
    audience,
    holder: phone.publicJwk,
    installation: phone.thumbprint,
    build: '1.4.2+142',
    platform: 'android' as const,
    tier: 'affirming' as const,
    holderKey: 'software' as const,
    now: seconds(),
    lifetime: 300,
    jti: randomBytes(16).toString('base64url'),
  })
  return {
    ...server,
    phone,
    /** For which API everything is. */
    serve: (api: string) => void (audience = api),
    /** The service signs with another key from now on, and still publishes those before. */
    rotate: () => void keys.push(newKey()),
    ban: () => void banned.push(phone.thumbprint),
    /** An access token of the phone, as the service issues it, and `cnf: undefined` one for an API as bearer. */
    token(claims: object = {}, header: object = {}, key: SoftwareKey | SigningKey = signing()): string {
      const isBearer = 'cnf' in claims && claims.cnf === undefined
      const issued = issueAccessToken({ ...contents(), mode: isBearer ? 'bearer' : 'bound' })
      const isChanged = { ...claims, cnf: undefined, ...header }
      if (Object.values(isChanged).every((value) => value === undefined) && key === signing()) return issued
      const [sound, payload] = issued
        .split('.', 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object)
      return signJws({ ...sound, ...header }, { ...payload, ...claims }, key as SoftwareKey)
    },
    /** A token of the other kind, for the same API. */
    attestation: () => issueToken({ ...contents(), mode: 'bound' }),
    /** A proof of the phone for the API's route, for `token`. */
    proof: (token: string, claims: object = {}, key = phone): string =>
      forgeProof(key, 'GET', `${audience}/orders`, { ath: hashOf(token), ...claims }),
  }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
