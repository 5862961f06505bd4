export { createAssayClient } from './assay-client.ts'
export type { KeyPerAudienceOptions } from './assay-client.ts'
export type { AssayClientOptions } from './options.ts'
export type { AssayClient, ClientToken } from './client.ts'
export { AssayClientError } from './error.ts'
export type { ClientErrorCode } from './error.ts'
export type { ClientEventName, ClientEvents, ClientListener, TokenEvent } from './events.ts'
export type { KeyPerAudience } from './key-per-audience.ts'
export { memoryImage } from './image/memory-image.ts'
export type { MemorySegment } from './image/memory-image.ts'
export { allowInsecureRequests } from './options.ts'
export type {
  AnyKeyStore,
  AttestedKey,
  AttestedKeyStore,
  Clock,
  EvidenceSource,
  InstallationKey,
  KeyStore,
  PreparedEvidence,
  RandomBytes,
  SharedState,
  Timers,
} from './ports.ts'
export { attestationPop } from './request/proof.ts'
export type { ProofHeaders, ProofRequest } from './request/authorizer.ts'
export type { ProofForm, ProofInput } from './request/proof.ts'
export type { ParseUrl, Url } from './request/url.ts'
