import { z } from 'zod'
import { channels, coverages } from '../wire/provisioning.ts'
import { buildType, longestProvenanceLife, predicateType, statementType } from '../wire/provenance.ts'
import { appId, audience, buildId, count, sha256Hex, variantName, versionCode } from './values.ts'

const abi = z.string().regex(/^[a-z0-9_-]{1,32}$/)

/** All of them are compared: a member that nobody knows would be signed for nothing. */
const parameters = z
  .strictObject({
    issuer: audience,
    iat: count,
    exp: count,
    app: appId,
    build: buildId,
    version_code: versionCode.nullable(),
    base: buildId.nullable(),
    coverage: z.enum(coverages).nullable(),
    abis: z.array(abi).min(1).max(8).nullable(),
    variant: variantName.nullable(),
    channel: z.enum(channels).nullable(),
    difference_until: count.nullable(),
  })
  .refine(({ iat, exp }) => iat < exp && exp - iat <= longestProvenanceLife, { path: ['exp'] })

/**
 * Payload of `Assay-Provenance`. What SLSA lets a pipeline say about itself beside what is compared may be there and is
 * not read; anything else is refused.
 */
export const signedProvenance = z.strictObject({
  _type: z.literal(statementType),
  subject: z.tuple([z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: sha256Hex }) })]),
  predicateType: z.literal(predicateType),
  predicate: z.strictObject({
    buildDefinition: z.strictObject({
      buildType: z.literal(buildType),
      externalParameters: parameters,
      internalParameters: z.unknown().optional(),
      resolvedDependencies: z.unknown().optional(),
    }),
    runDetails: z.strictObject({
      builder: z.looseObject({ id: z.string() }),
      metadata: z.unknown().optional(),
      byproducts: z.unknown().optional(),
    }),
  }),
})
