import { expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type {
  AttestationRequest,
  AttestationResponse,
  BuildSplits,
  ChallengeRequest,
  ChallengeResponse,
  ClientData,
  DevelopmentTokenRequest,
  FaultyPlace,
  ProblemDocument,
  ProvenanceJwk,
  SegmentSummary,
} from '@assay/protocol'
import type {
  apiKey,
  attestation,
  attestationRequest,
  challenge,
  challengeRequest,
  clientData,
  developmentTokenRequest,
  problem,
  build,
} from '@assay/protocol/schemas'

test('the plain types of SDKs, guard and Verifier packages are those of the forms', () => {
  expectTypeOf<ChallengeRequest>().toEqualTypeOf<z.infer<typeof challengeRequest>>()
  expectTypeOf<ChallengeResponse>().toEqualTypeOf<z.infer<typeof challenge>>()
  expectTypeOf<AttestationRequest>().toEqualTypeOf<z.infer<typeof attestationRequest>>()
  expectTypeOf<AttestationResponse>().toEqualTypeOf<z.infer<typeof attestation>>()
  expectTypeOf<DevelopmentTokenRequest>().toEqualTypeOf<z.infer<typeof developmentTokenRequest>>()
  expectTypeOf<ClientData>().toEqualTypeOf<z.infer<typeof clientData>>()
  expectTypeOf<ProvenanceJwk>().toEqualTypeOf<NonNullable<z.infer<typeof apiKey>['public_key']>>()
  expectTypeOf<SegmentSummary>().toEqualTypeOf<z.infer<typeof build>['segments'][number]>()
  expectTypeOf<BuildSplits>().toEqualTypeOf<NonNullable<z.infer<typeof build>['splits']>>()
  expectTypeOf<keyof ProblemDocument>().toEqualTypeOf<keyof z.infer<typeof problem>>()
  expectTypeOf<keyof FaultyPlace>().toEqualTypeOf<
    keyof NonNullable<z.infer<typeof problem>['errors']>[number]
  >()
})
