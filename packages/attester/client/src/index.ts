export { createAssayClient } from './client/assay-client.ts'
export type { KeyPerAudienceOptions } from './client/assay-client.ts'
export type { AssayClientOptions } from './options/options.ts'
export type { AssayClient, ClientToken } from './client/client.ts'
export { AssayClientError } from './errors/error.ts'
export type { ClientErrorCode } from './errors/error.ts'
export type { ClientEventName, ClientEvents, ClientListener, TokenEvent } from './runtime/events.ts'
export { clientStates } from './runtime/states.ts'
export type { ClientState, ClientStatesOptions } from './runtime/states.ts'
export type { KeyPerAudience } from './client/key-per-audience.ts'
export { memoryImage } from './image/memory-image.ts'
export type { MemorySegment } from './image/memory-image.ts'
export { allowInsecureRequests } from './options/options.ts'
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
} from './runtime/ports.ts'
export type { Remedy } from './wire/remedy.ts'
export { attestationPop } from './proof/proof.ts'
export type { ProofHeaders, ProofRequest } from './request/authorizer.ts'
export { webSocketRequest } from './request/web-socket-request.ts'
export type { WebSocketRequest } from './request/web-socket-request.ts'
export type { ProofForm, ProofInput } from './proof/proof.ts'
export type { ParseUrl, Url } from './url/url.ts'
