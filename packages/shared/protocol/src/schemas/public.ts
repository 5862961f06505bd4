import { z } from 'zod'
import { appIdPattern, buildIdPattern, isAudience, thumbprintPattern } from '../wire/identifiers.ts'

const base64url = /^[A-Za-z0-9_-]*$/
const sdkPattern = /^[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._+-]{1,32}$/

export const appId = z.string().regex(appIdPattern)
export const buildId = z.string().regex(buildIdPattern)
export const audience = z.string().refine(isAudience)
const sdk = z.string().regex(sdkPattern)
const audiences = z.array(audience).min(1).max(8)
const jwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().length(43).regex(base64url),
  y: z.string().length(43).regex(base64url),
})

/** Body of `POST /v1/challenges`. */
export const challengeRequest = z.strictObject({
  app: appId,
  build: buildId,
  sdk,
  key: z.string().regex(thumbprintPattern).optional(),
  audiences,
})

/** Body of `POST /v1/attestations`. Evidence members beyond `format` are checked by the format. */
export const attestationRequest = z.strictObject({
  client_data: z.string().min(1).max(87_382).regex(base64url),
  signature: z.string().length(86).regex(base64url),
  evidence: z.array(z.looseObject({ format: z.string().regex(/^[a-z0-9-]{1,64}$/) })).max(4),
})

const probeAnswer = z.union([z.boolean(), z.number(), z.string().max(256)])

/** Client data after strict JSON parsing. */
export const clientData = z.strictObject({
  v: z.literal(1),
  challenge: z.string().length(64).regex(base64url),
  plan: z.string().min(1).max(43_691).regex(base64url),
  key: jwk,
  app: appId,
  build: buildId,
  sdk,
  audiences,
  measurement: z.strictObject({
    response: z.string().length(43).regex(base64url),
    tags: z
      .record(z.string().min(1).max(1024), z.string().length(11).regex(base64url))
      .refine((tags) => Object.keys(tags).length <= 4096),
  }),
  probes: z
    .record(z.string().regex(/^[a-z0-9._-]{1,64}$/), probeAnswer)
    .refine((all) => Object.keys(all).length <= 64),
  evidence: z.array(z.string().regex(/^[a-z0-9-]{1,64}$/)).max(4),
})
