export { createGuard } from './guard.ts'
export type { Guard } from './guard.ts'
export { allowPlainHttp } from './options/guard-options.ts'
export type {
  AcceptedCallers,
  GuardOptions,
  JudgedRequest,
  RemoteJwks,
  StatusListOptions,
} from './options/guard-options.ts'
export { enforcements, proofMethods } from './decision/decision.ts'
export type {
  Acceptance,
  AttestedApp,
  Decision,
  Enforcement,
  GuardProblem,
  Malfunction,
  ProofMethod,
  Refusal,
} from './decision/decision.ts'
export type {
  GuardErrorCode,
  GuardMalfunctionCode,
  GuardProblemCode,
  GuardRefusalCode,
} from './decision/error-codes.ts'
export type { GuardRequest, RequestContext, RequestHeaders } from './request/guard-request.ts'
export type { ProofHolder, ReplayAnswer, ReplayStore } from './proof/replay-store.ts'
export { createMemoryReplayStore } from './proof/memory-replay-store.ts'
export type { MemoryReplaySettings } from './proof/memory-replay-store.ts'
export { createNonces } from './proof/nonces.ts'
export type { NonceSettings, NonceSource, NonceState } from './proof/nonces.ts'
export { createDenyList } from './denial/deny-list.ts'
export type { DenyEntry, DenyList, LocalDenyList } from './denial/deny-list.ts'
export type { StaleStatus } from './status/remote-status.ts'
export { createWebCrypto } from './crypto/web-crypto.ts'
export type { PlatformSubtleCrypto } from './crypto/web-crypto.ts'
export type { Eventually, GuardCrypto, ImportableKey, VerificationKey } from './crypto/guard-crypto.ts'
export { createRollout } from './rollout/rollout.ts'
export type { Rollout, RolloutSettings } from './rollout/rollout.ts'
export type { RolloutOptions, Waiver } from './rollout/waive.ts'
export { createResourceMetadata } from './metadata/resource-metadata.ts'
export type { ResourceMetadata, ResourceMetadataSettings } from './metadata/resource-metadata.ts'
export type { FetchDocument, FetchedBody, FetchedResponse, PlatformSignal } from './remote/fetch.ts'
