import type { AppraisalResult } from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import type { AdmissibleTier, EvidenceItem, HolderKey } from '@assay/protocol'
import type { Api, App, SaidDevice } from '@assay/protocol/schemas'
import type { CheckedChallenge } from './challenge/check-challenge.ts'
import type { PlatformEvidence } from './evidence/platform-evidence.ts'
import type { VouchingKeyId, Installation } from './model/installation.ts'
import type { BuildDigests } from './measurement/build-digests.ts'
import type { PlannedBuild } from './measurement/measurements.ts'
import type { ApiRefusal } from './model/outcome.ts'
import type { ReadClientData } from './model/read-client-data.ts'
import type { AdmittedImage } from './registrations/admission.ts'
import type { BuildImage } from './model/build-image.ts'
import type { Tally } from './model/counted-attestation.ts'

/*
 * What is known about an attestation, step by step: each of these types holds only what earlier steps have verified.
 */

/** What is known about the sender of a request. */
export interface Sender {
  /** The network that the request came from. */
  network: string
  /** `User-Agent` of the request. Nobody vouches for it. */
  userAgent: string
}

/** Form, challenge and signature are valid, and app, build and APIs are registered. */
export interface Authentic extends Sender {
  read: ReadClientData
  head: CheckedChallenge
  admitted: AdmittedImage
  /** The pieces of platform evidence, as listed in client data. */
  items: readonly EvidenceItem[]
  trace: string
  /** Used by the counters only. */
  tally: Tally
}

/** Evidence and what it must be checked against: everything except the evidence itself comes from the registration. */
export interface Submission {
  app: App
  build: BuildImage
  /** What the device says of itself. Nobody vouches for it. */
  saidDevice: SaidDevice | null
  /** Whether the engine states that it supports `integrity` in import maps. */
  enginePins: boolean
  read: ReadClientData
  /** The challenge's 48 bytes. */
  challenge: Uint8Array
  /** The same, if it was issued for a key that is both installation key and vouching key. */
  oneKeyChallenge: Uint8Array | undefined
  items: readonly EvidenceItem[]
  planned: PlannedBuild
  digests: BuildDigests
}

/** Every piece of evidence has been verified, and agrees with the others. */
export interface VerifiedEvidence {
  measured: Verified<unknown>
  /** The first days of the release admit code that is not the registered one. */
  codeDiffers: boolean
  platform: PlatformEvidence
  installation: Installation | undefined
  holderKey: HolderKey
  /** The app requires it to be `hardware`. */
  hardwareKeyDemanded: boolean
  vouchingKey: VouchingKeyId | undefined
  /** Other installation keys that the vouching key has vouched for today. */
  enrolmentsToday: number
}

/** The result of appraisal for one API: the tier that its token carries, or the reason code for having none. */
export type ApiResult = { policy: AppraisalResult['policy'] } &
  /** `allowed`: the operator lets this installation through, although the policy does not. */
  (
    | { api: Api; accepted: true; tier: AdmissibleTier; holderKey: HolderKey; allowed: boolean }
    | (Omit<ApiRefusal, 'audience' | 'ear'> & {
        api: Api
        accepted: false
        tier: AppraisalResult['tier']
        /** The result as an EAR, for the operator. */
        ear: () => unknown
      })
  )
