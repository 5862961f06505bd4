import { checkShape, givenOptions, holdKeyStore } from './check-shape.ts'
import { createClient, type AssayClient } from './client.ts'
import { collectorOf } from './exchange/collect-evidence.ts'
import type { ClientOptions } from './options.ts'
import type { EvidenceSource, SharedState } from './ports.ts'

/** What makes an {@link AssayClient}. `createNodeClient` and `createWebClient` fill in the platform's part. */
export interface AssayClientOptions extends Omit<ClientOptions, 'shared'> {
  /** What clients of one installation share. Default: nothing. */
  shared?: SharedState
  /** Sources of platform evidence, all asked when the service wants evidence. */
  evidence?: readonly EvidenceSource[]
}

const unshared: SharedState = {
  load: async () => undefined,
  save: async () => undefined,
  exclusively: (work) => work(),
}

/**
 * A client over ports of your own.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong
 */
export function createAssayClient(options: AssayClientOptions): AssayClient {
  const given = givenOptions(options)
  checkShape(given)
  const keyStore = holdKeyStore(given.keyStore)
  return createClient(
    { shared: unshared, ...given, keyStore },
    collectorOf(given.evidence ?? [], given.crypto),
  )
}
