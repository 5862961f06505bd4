import { z } from 'zod'
import { evidencePurposes } from '../wire/attestation.ts'
import {
  abiPattern,
  failurePattern,
  longestFailures,
  mostFailures,
  shapePattern,
} from '../wire/identifiers.ts'
import { isReference } from '../wire/reference.ts'
import { tokenKinds, tokenTypes } from '../wire/tier.ts'
import { remedy } from './problem.ts'
import { appId, audience, buildId, count, thumbprint } from './values.ts'

const base64url = /^[A-Za-z0-9_-]*$/
const sdkPattern = /^[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._+-]{1,32}$/

const sdk = z.string().regex(sdkPattern)
const audiences = z.array(audience).min(1).max(8)
const jwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().length(43).regex(base64url),
  y: z.string().length(43).regex(base64url),
})

/** base64url(SHA-256) of a plan. */
const planDigest = z.string().length(43).regex(base64url)

/** `readWireVersion` checks which versions are known, before this schema applies. */
const v = z.number().int().min(1).optional()

/** Body of `POST /v1/challenges`. */
export const challengeRequest = z
  .strictObject({
    v,
    app: appId,
    build: buildId,
    sdk,
    key: thumbprint.optional(),
    audiences,
    purpose: z.enum(evidencePurposes).optional(),
    abi: z.string().regex(abiPattern).optional(),
    shape: z.string().regex(shapePattern).optional(),
    plan: planDigest.or(z.literal('')).optional(),
    token_kinds: z
      .array(z.enum(tokenKinds))
      .min(1)
      .refine((kinds) => new Set(kinds).size === kinds.length)
      .optional(),
    failures: z
      .array(z.string().regex(failurePattern))
      .max(mostFailures)
      .refine((codes) => codes.join('').length <= longestFailures)
      .optional(),
  })
  .refine(({ purpose, key }) => purpose !== 'refresh' || key !== undefined, { path: ['key'] })

/** Answer to `POST /v1/challenges`. */
export const challenge = z.object({
  attestation_challenge: z.string().length(64),
  plan: z.string().exactOptional(),
  expires_in: count,
  evidence: z.enum(evidencePurposes).exactOptional(),
})

/** Body of `POST /v1/development-tokens`. */
export const developmentTokenRequest = z.strictObject({
  v,
  app: appId,
  build: buildId,
  sdk,
  key: jwk,
  audiences,
  secret: z.string().min(1).max(128),
})

/** Body of `POST /v1/attestations`. Evidence members beyond `format` are checked by the format. */
export const attestationRequest = z.strictObject({
  client_data: z.string().min(1).max(87_382).regex(base64url),
  signature: z.string().length(86).regex(base64url),
  evidence: z.array(z.looseObject({ format: z.string().regex(/^[a-z0-9-]{1,64}$/) })).max(4),
})

/** Answer to `POST /v1/attestations`. */
export const attestation = z.object({
  tokens: z.array(
    z.object({
      audience: z.string(),
      token: z.string(),
      token_type: z.enum(tokenTypes).exactOptional(),
      expires_in: count,
    }),
  ),
  remedies: z.array(z.object({ audience: z.string(), remedy })).exactOptional(),
  refresh_after: count,
  server_time: count,
  trace: z.string(),
})

const tagPattern = /^[A-Za-z0-9_-]{11}$/
const probePattern = /^[a-z0-9._-]{1,64}$/

/** Records are checked in one loop and not copied: an app with many segments has a tag for each of them. */
const tags = z.custom<Record<string, string>>((value) =>
  isRecord(
    value,
    4096,
    (name, tag) => name.length > 0 && name.length <= 1024 && typeof tag === 'string' && tagPattern.test(tag),
  ),
)
const probes = z.custom<Record<string, boolean | number | string>>((value) =>
  isRecord(value, 64, (name, answer) => probePattern.test(name) && isProbeAnswer(answer)),
)

function isRecord(
  value: unknown,
  mostMembers: number,
  isMember: (name: string, member: unknown) => boolean,
): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false
  const names = Object.keys(value)
  return (
    names.length <= mostMembers &&
    names.every((name) => isMember(name, (value as Record<string, unknown>)[name]))
  )
}

function isProbeAnswer(answer: unknown): boolean {
  if (typeof answer === 'string') return answer.length <= 256
  return typeof answer === 'boolean' || Number.isSafeInteger(answer)
}

const measurement = z.strictObject({
  response: z.string().length(43).regex(base64url),
  tags,
})

/** Client data after strict JSON parsing. */
export const clientData = z
  .strictObject({
    v: z.literal(1),
    challenge: z.string().length(64).regex(base64url),
    plan: z.string().min(1).max(43_691).regex(base64url).optional(),
    plan_digest: planDigest.optional(),
    key: jwk,
    app: appId,
    build: buildId,
    abi: z.string().regex(abiPattern).optional(),
    sdk,
    audiences,
    measurement,
    text: measurement.nullable().optional(),
    probes,
    reference: z.string().refine(isReference).optional(),
    evidence: z.array(z.string().regex(/^[a-z0-9-]{1,64}$/)).max(4),
  })
  .refine(
    ({ plan, plan_digest: digest, abi }) =>
      (plan === undefined) !== (digest === undefined) && (abi === undefined || digest !== undefined),
  )
