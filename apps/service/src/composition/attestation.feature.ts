import type { CacheFill } from '@assay/protocol/schemas'
import type { Vocabulary } from '@assay/appraisal'
import { software } from '@assay/evidence/software'
import { createAttestationUseCases } from '../attestation/answer.ts'
import { createRemedies } from '../attestation/remedies.ts'
import { createAttest, type AttestPorts } from '../attestation/attest.ts'
import { createChallengeKeys } from '../attestation/challenge/challenge-keys.ts'
import { createUnsignedReports } from '../attestation/challenge/unsigned-report.ts'
import { createChallengeUseCases } from '../attestation/challenge/issue-challenge.ts'
import { createRefusedChallenges } from '../attestation/challenge/refused-challenges.ts'
import { createTokenIds, createTokenIssuer } from '../attestation/issue.ts'
import { createFindMatchingBuild } from '../attestation/measurement/matching-build.ts'
import type { Measurements } from '../attestation/measurement/measurements.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { createShadow } from '../attestation/shadow.ts'
import { createMemorySingleUse } from '../attestation/single-use.ts'
import { createAppraiseOnce } from '../attestation/speed/appraise-once.ts'
import { createLockstep, inLockstep } from '../attestation/speed/lockstep.ts'
import { withinStoreTime } from '../attestation/store-time.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import type { SigningKeyUseCases } from '../operations/signing-keys.usecases.ts'
import type { Sampler } from '../provisioning/dry-run/samples.ts'
import type { PolicyUseCases } from '../provisioning/policies.usecases.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { SharedState } from '../storage/valkey/shared-state.ts'
import type { Random } from '../system/ports.ts'
import { clientDataForm } from './client-data-form.ts'
import type { Feature } from './feature.ts'
import type { Outcomes } from './outcomes.feature.ts'
import type { References } from './references.feature.ts'

/** Milliseconds for which an attestation waits for a digest that is being computed. */
const patience = 2_000
/** Milliseconds that an exchange waits for the store, all its statements together. */
const storeTime = 5_000
/** Milliseconds for which an installation that no longer attests is remembered. */
const installationsKept = 90 * 24 * 3_600_000

interface AttestationParts extends Pick<
  AttestPorts,
  'platform' | 'limits' | 'checkUpToDate' | 'pseudonymOf'
> {
  config: CheckedConfig
  storage: Storage
  /** State shared by several nodes; undefined: this process remembers used challenges. */
  shared: SharedState | undefined
  vocabulary: Vocabulary
  registrations: Registrations
  policies: PolicyUseCases
  measurements: Measurements
  signingKeys: SigningKeyUseCases
  outcomes: Outcomes
  /** What apps call their users. */
  references: References
  /** Whether one more trace of a refused challenge may be kept for an app. */
  mayKeepRefusal: (app: string) => boolean
  /** Takes a sample of what was appraised. */
  sample: Sampler['take']
  /** An attestation has ended with a token. */
  onSeen: (about: { app: string; build: string }) => void
  publicUrl: () => string
  /** Steps of exchanges in one tick of the event loop. */
  mostPerTick: () => number
  nonces: Random
}

/** Challenges and attestations. */
export async function composeAttestation(parts: AttestationParts) {
  const { config, storage, shared, outcomes, policies, measurements, signingKeys, pseudonymOf } = parts
  const { platform, registrations, mayKeepRefusal } = parts
  const { clock, steady, random, limits } = config
  const { builds, blobs, installations } = storage
  const { count, recordTrace, fewPerApp, tracing } = outcomes
  const nextTick = createLockstep(parts.mostPerTick)
  const wrapStep = inLockstep(nextTick)
  const appraise = createAppraiseOnce(software.descriptor.name)
  const judgeInShadow = createShadow({ shadowFor: (app) => policies.shadowFor(app), appraise, count })
  const used = createMemorySingleUse({ capacity: limits.usedChallenges, clock, steady })
  const challengeKeys =
    shared?.challengeKeys ?? createChallengeKeys({ random, nonces: parts.nonces, clock: steady })
  const ports: AttestPorts = {
    checkUpToDate: parts.checkUpToDate,
    registrations,
    challengeKeys,
    limits: parts.limits,
    clientDataForm,
    singleUse: shared?.singleUse ?? used,
    measurements,
    patience,
    findMatchingBuild: createFindMatchingBuild({ builds, segments: blobs }),
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
    bootKeys: () => registrations.bootKeys(),
    appraise,
    onAppraised: (appraised) => {
      judgeInShadow(appraised)
      parts.sample(appraised)
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
  const attest =
    tracing === undefined
      ? createAttest(ports, wrapStep)
      : tracing.attest(createAttest(tracing.steps(ports), wrapStep))
  const remedyFor = createRemedies((id) => registrations.findApp(id))
  const challenges = createChallengeUseCases(
    {
      ...{ registrations, measurements, challengeKeys, platform, remedyFor, clock },
      keepRefused: createRefusedChallenges({
        count,
        onUnregistered: outcomes.unregistered.named,
        recordTrace,
        mayKeep: mayKeepRefusal,
        clock,
      }),
      keepUnsignedReport: createUnsignedReports({ count, recordTrace, mayKeep: fewPerApp(), clock }),
    },
    wrapStep,
  )
  const attestations = createAttestationUseCases({
    attest: nextTick.request(attest),
    recordTrace,
    count,
    elapsed: () => performance.now(),
    mayKeepUnsigned: fewPerApp(),
    mayKeepRepeat: fewPerApp(),
    mayKeepMustEnrol: fewPerApp(),
    pseudonymOf,
    referenceOf: parts.references.referenceOf,
    onReference: (...said) => parts.references.notes.note(...said),
    onSeen: (about, trace) => {
      parts.onSeen(about)
      outcomes.feed.passed({ trace, at: new Date(clock()).toISOString(), ...about })
    },
    remedyFor,
    clock: shared?.clock ?? clock,
  })
  return {
    handlers: {
      challenges: { issue: nextTick.request(challenges.issue) },
      attestations,
      /** Steps that wait for their tick. */
      waiting: nextTick.waiting,
      usedChallenges: (): CacheFill => ({
        name: 'used_challenges',
        held: used.held(),
        most: limits.usedChallenges,
      }),
    },
    prune: (signal: AbortSignal) => installations.prune(clock() - installationsKept, clock(), signal),
  } satisfies Feature
}
