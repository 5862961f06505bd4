import type { Vocabulary } from '@assay/appraisal'
import { software } from '@assay/evidence/software'
import { createAttest, type AttestPorts } from '../attestation/attest.ts'
import type { ChallengeKeys } from '../attestation/challenge/challenge-keys.ts'
import { createHearsay } from '../attestation/challenge/hearsay.ts'
import { createChallengeUseCases } from '../attestation/challenge/issue-challenge.ts'
import { createRefusedChallenges } from '../attestation/challenge/refused-challenges.ts'
import { createTokenIds, createTokenIssuer } from '../attestation/issue.ts'
import { createLikeBuild } from '../attestation/measurement/like-build.ts'
import type { Measurements } from '../attestation/measurement/measurements.ts'
import type { RecordTrace } from '../attestation/model/ports.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { createShadow } from '../attestation/shadow.ts'
import type { Count } from '../attestation/model/sighting.ts'
import { createMemorySingleUse } from '../attestation/single-use.ts'
import { createAppraiseOnce } from '../attestation/speed/appraise-once.ts'
import type { Pace } from '../attestation/speed/pace.ts'
import { withinStoreTime } from '../attestation/store-time.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { SharedState } from '../storage/valkey/shared-state.ts'
import { clientDataForm } from './client-data-form.ts'
import { composeDryRun } from './compose-dry-run.ts'
import type { loadTracing } from './tracing/load-tracing.ts'

/** Milliseconds for which an attestation waits for a digest that is being computed. */
const patience = 2_000
/** Milliseconds that an exchange waits for the store, all its statements together. */
const storeTime = 5_000

interface AttestationParts extends Pick<AttestPorts, 'platform' | 'limits' | 'checkHearing' | 'pseudonymOf'> {
  config: CheckedConfig
  storage: Storage
  /** State shared by several nodes; undefined: this process remembers used challenges. */
  shared: SharedState | undefined
  vocabulary: Vocabulary
  registrations: Registrations
  policies: PolicyUseCases
  measurements: Measurements
  signingKeys: SigningKeyUseCases
  challengeKeys: ChallengeKeys
  publicUrl: () => string
  tracing: Awaited<ReturnType<typeof loadTracing>> | undefined
  pace: Pace
  count: Count
  recordTrace: RecordTrace
  mayKeepRefusal: (app: string) => boolean
  mayKeepHearsay: (app: string) => boolean
}

/** Challenges, attestations, and their observers. */
export async function composeAttestation(parts: AttestationParts) {
  const { config, storage, shared, registrations, policies, measurements, pseudonymOf, tracing, pace } = parts
  const {
    count,
    recordTrace,
    mayKeepRefusal,
    mayKeepHearsay,
    platform,
    vocabulary,
    signingKeys,
    challengeKeys,
  } = parts
  const { clock, steady, random, limits } = config
  const { builds, blobs, installations } = storage
  const appraise = createAppraiseOnce(software.descriptor.name)
  const judgeInShadow = createShadow({ shadowFor: (app) => policies.shadowFor(app), appraise, count })
  const dryRun = composeDryRun({
    ...{ storage, policies, vocabulary, clock, platform },
    secret: await storage.secrets.getOrCreate('claim-samples', () => random(32)),
  })
  const used = createMemorySingleUse({ capacity: limits.usedChallenges, clock, steady })
  const attestation: AttestPorts = {
    checkHearing: parts.checkHearing,
    registrations,
    challengeKeys,
    limits: parts.limits,
    clientDataForm,
    singleUse: shared?.singleUse ?? used,
    measurements,
    patience,
    nameLikeBuild: createLikeBuild({ builds, segments: blobs }),
    checkMeasurement: ({ measurement, text }, against) =>
      software.verify(software.parse({ measurement, text }), against),
    installations,
    platform,
    isBanned: (app, vouchingKey) => registrations.isBanned(app, vouchingKey),
    isInstallationBanned: (app, thumbprint) =>
      registrations.isInstallationBanned(app, thumbprint, (audience) =>
        pseudonymOf(app, audience, thumbprint),
      ),
    isAllowed: (...entry) => registrations.isAllowed(...entry),
    policyFor: (app, api) => policies.policyFor(app, api),
    appraise,
    onAppraised: (appraised) => {
      judgeInShadow(appraised)
      dryRun.sampler.take(appraised)
    },
    issue: createTokenIssuer({
      pseudonymOf,
      signingKey: (at) => signingKeys.signing(at),
      publicUrl: parts.publicUrl,
      tokenIdOf: createTokenIds(await storage.secrets.getOrCreate('token-id', () => random(32))),
    }),
    pseudonymOf,
    clock: shared?.clock ?? clock,
    // SQLite answers on this very thread.
    ...(storage.database.kind === 'sqlite'
      ? {}
      : { forExchange: (ports: AttestPorts) => withinStoreTime(ports, storeTime, steady) }),
  }
  const challenges = createChallengeUseCases(
    {
      registrations,
      measurements,
      challengeKeys,
      platform,
      installations,
      keepRefused: createRefusedChallenges({ count, recordTrace, mayKeep: mayKeepRefusal, clock }),
      keepHearsay: createHearsay({ count, recordTrace, mayKeep: mayKeepHearsay, clock }),
    },
    pace,
  )
  return {
    attest:
      tracing === undefined
        ? createAttest(attestation, pace)
        : tracing.attest(createAttest(tracing.steps(attestation), pace)),
    challenges,
    dryRun,
    usedChallenges: () => ({
      name: 'used_challenges' as const,
      held: used.held(),
      most: limits.usedChallenges,
    }),
  }
}
