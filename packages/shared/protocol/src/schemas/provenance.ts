import { z } from 'zod'
import { buildType, predicateType, statementType } from '../wire/provenance.ts'
import { appId, buildId, sha256Hex, versionCode } from './values.ts'

/** Payload of `Assay-Provenance`: the parameters must have no member that nobody compares. */
export const signedProvenance = z.object({
  _type: z.literal(statementType),
  subject: z.tuple([z.object({ digest: z.object({ sha256: sha256Hex }) })]),
  predicateType: z.literal(predicateType),
  predicate: z.object({
    buildDefinition: z.object({
      buildType: z.literal(buildType),
      externalParameters: z.strictObject({
        app: appId,
        build: buildId,
        version_code: versionCode.nullable(),
        base: buildId.nullable(),
      }),
    }),
  }),
})
