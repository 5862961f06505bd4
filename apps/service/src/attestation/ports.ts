import type { ImageDigest } from '@assay/measurement'
import type { AdmissibleTier, Api, App, EvidenceItem, HolderKey, PublicJwk } from '@assay/protocol'
import type { BuildSummary } from '../storage/repositories/builds.repository.ts'
import type { PlannedBuild } from './measurement/measurements.ts'
import type { GrantedToken } from './outcome.ts'
import type { ReadClientData } from './read-client-data.ts'

/** Evidence with what it is to be held against: everything but the evidence itself comes from the registration. */
export interface EvidenceInput {
  app: App
  build: BuildSummary
  read: ReadClientData
  /** The challenge's 48 bytes. */
  challenge: Uint8Array
  /** The same, where it was issued for a key that is installation key and anchor in one. */
  oneKeyChallenge: Uint8Array | undefined
  /** The pieces of platform evidence, as listed in client data. */
  items: readonly EvidenceItem[]
  planned: PlannedBuild
  digest: ImageDigest
}

/** What appraisal says for one API: the tier that its token carries, or the reason code why it gets none. */
export type Verdict =
  | { api: Api; admitted: true; tier: AdmissibleTier; holderKey: HolderKey }
  /** `ear`: the result as an EAR, for the operator. */
  | { api: Api; admitted: false; code: string; ear: () => unknown }

/**
 * Verifies every piece of evidence and appraises the claims for each API.
 *
 * @throws EvidenceError, or AttestationDenied, for bad evidence. Anything else is a malfunction.
 */
export type AppraiseEvidence = (evidence: EvidenceInput, apis: readonly Api[]) => Promise<Verdict[]>

/** What a token is issued for. */
export interface TokenOrder {
  app: App
  build: BuildSummary
  api: Api
  tier: AdmissibleTier
  holderKey: HolderKey
  key: PublicJwk
  thumbprint: string
}

export type IssueToken = (order: TokenOrder) => GrantedToken
