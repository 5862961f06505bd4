import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import {
  headerNames,
  mediaTypes,
  provenanceStatement,
  provenanceType,
  thumbprintInput,
  type PublicJwk,
} from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { encodePart } from '../kinds/jws.ts'
import { refused, served } from '../world/outcome.ts'
import type { Pipeline, SentBuild } from '../world/pipeline.ts'

/** Makes an API key at the service, as its admin. */
type AddKey = (key: object) => Promise<{ secret?: string }>

/** A pipeline with both of its keys, for these apps. */
export async function createPipeline(
  service: string,
  apps: readonly string[],
  addKey: AddKey,
): Promise<Pipeline> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' }) as PublicJwk
  const jwk = { kty, crv, x, y }
  await addKey({ name: 'release job', scope: 'provenance', apps, public_key: jwk })
  const { secret: registrationKey = '' } = await addKey({ name: 'pipeline', scope: 'registration', apps })
  const kid = createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')

  const upload = ({ app, file, type, query }: SentBuild, provenance?: string) => {
    const url = new URL(`/v1/apps/${app}/builds`, service)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    const headers = {
      authorization: `Bearer ${registrationKey}`,
      'content-type': mediaTypes[type],
      ...(provenance === undefined ? {} : { [headerNames.provenance]: provenance }),
    }
    return fetch(url, { method: 'POST', headers, body: new Uint8Array(file) })
  }

  const send: Pipeline['send'] = async (build, provenance) => {
    const response = await upload(build, provenance)
    const answer = (await response.json()) as { code?: string; reason?: string }
    return response.ok
      ? served(response.status)
      : refused(response.status, answer.reason ?? answer.code ?? '')
  }

  /** What the pipeline states: here after what the service read, which reads the same as any other. */
  const statementOf = (
    { app, id, version_code, coverage, splits, image_digest }: Build,
    variant: string | null,
    issuer: string,
    daysAgo: number,
  ) => {
    const iat = Math.floor(Date.now() / 1000) - daysAgo * 86_400
    const build = { app, build: id, version_code, base: null, coverage, abis: splits?.abis ?? null }
    const parameters = {
      issuer,
      iat,
      exp: iat + 3600,
      ...build,
      variant,
      channel: null,
      difference_until: null,
    }
    return provenanceStatement(parameters, image_digest, 'urn:example:pipeline')
  }

  const signed = (statement: object): string => {
    const input = `${encodePart({ alg: 'ES256', typ: provenanceType, kid })}.${encodePart(statement)}`
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }

  const state: Pipeline['state'] = async (build, { issuer = service, daysAgo = 0 } = {}) => {
    // Its own id may be taken: what was read of it under another says the same.
    const { variant = null, replace: _, ...query } = build.query
    const draft = { ...build, query: { ...query, id: `${query.id}.draft` } }
    const response = await upload(draft)
    if (!response.ok) throw new Error(`the owner's build is refused: ${await response.text()}`)
    const read = { ...((await response.json()) as Build), id: build.query.id }
    return signed(statementOf(read, variant, issuer, daysAgo))
  }

  return { registrationKey, send, state, release: async (build) => send(build, await state(build)) }
}
