export { createAssayClient } from './assay-client.ts'
export type { AssayClientOptions } from './assay-client.ts'
export type { AssayClient, ClientToken } from './client.ts'
export { AssayClientError, clientErrorCodes } from './error.ts'
export type { ClientErrorCode } from './error.ts'
export type { ClientEventName, ClientEvents, ClientListener, TokenEvent } from './events.ts'
export { memoryImage } from './image/memory-image.ts'
export type { MemorySegment } from './image/memory-image.ts'
export { allowInsecureRequests } from './options.ts'
export type {
  Clock,
  EvidenceSource,
  InstallationKey,
  KeyStore,
  PreparedEvidence,
  RandomBytes,
  SharedState,
  Timers,
} from './ports.ts'
export type { ProofHeaders, ProofRequest } from './request/authorizer.ts'
