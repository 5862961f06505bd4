import type { Channel, Coverage } from './provisioning.ts'

/**
 * Provenance of a build: the statement of a release pipeline about what it has built, signed with its own key. A
 * compact JWS (RFC 7515, `typ` {@link provenanceType}, `kid` the JWK thumbprint of the key) over an in-toto statement
 * (v1) with a SLSA provenance predicate (v1). It is sent in the field `Assay-Provenance` with the file that is
 * registered.
 */
export interface ProvenanceStatement {
  _type: typeof statementType
  /** The one thing that was built: the digest of the code image in the file, as readers of builds compute it. */
  subject: [{ name: string; digest: { sha256: string } }]
  predicateType: typeof predicateType
  predicate: {
    buildDefinition: { buildType: typeof buildType; externalParameters: ProvenanceParameters }
    runDetails: { builder: { id: string } }
  }
}

/** How the build is registered, where, and when. All of it is compared, so a statement holds for nothing else. */
export interface ProvenanceParameters {
  /** Public URL of the service, as its tokens name it. */
  issuer: string
  /** Seconds since 1970: when it was signed. */
  iat: number
  /** Seconds since 1970: when it ends, at most {@link longestProvenanceLife} after `iat`. */
  exp: number
  app: string
  build: string
  /** Its place in the app's order of versions; null: the one that the file itself, or the base, states. */
  version_code: number | null
  /** For an update over the air: the native build whose scripts it replaces; null for every other build. */
  base: string | null
  /** What is measured; null for an update over the air, of which that is measured which is of its base. */
  coverage: Coverage | null
  /** ABIs of a build that reaches devices in splits, in ascending order; null for every other build. */
  abis: readonly string[] | null
  /** Name of the variant: what a store made of the build. Null: the build itself. */
  variant: string | null
  /** The channel that the build is for. Null: `production`, or for an update or a variant that of its build. */
  channel: Channel | null
  /**
   * The first days of a release, seconds since 1970: until then devices whose code differs get `warning` at best. Null:
   * they are refused.
   */
  difference_until: number | null
}

/** `typ` of the JWS header. */
export const provenanceType = 'assay-provenance+jws'
/** Bytes of the whole JWS. */
export const longestProvenance = 8192
/** Seconds for which a statement holds: it is made for one registration, which follows. */
export const longestProvenanceLife = 86_400

export const statementType = 'https://in-toto.io/Statement/v1'
export const predicateType = 'https://slsa.dev/provenance/v1'
export const buildType = 'urn:assay:build:1'

/** Public keys that verify provenance: P-256 for ES256, or Ed25519. */
export type ProvenanceJwk =
  { kty: 'EC'; crv: 'P-256'; x: string; y: string } | { kty: 'OKP'; crv: 'Ed25519'; x: string }

/** @param imageDigest hex SHA-256 of the code image. @param builder URI that names the pipeline */
export function provenanceStatement(
  parameters: ProvenanceParameters,
  imageDigest: string,
  builder: string,
): ProvenanceStatement {
  return {
    _type: statementType,
    subject: [{ name: `${parameters.app}/${parameters.build}`, digest: { sha256: imageDigest } }],
    predicateType,
    predicate: {
      buildDefinition: { buildType, externalParameters: parameters },
      runDetails: { builder: { id: builder } },
    },
  }
}
