import { checkShape, givenOptions, holdKeyStore } from './check-shape.ts'
import { createClient, type AssayClient } from './client.ts'
import { createEnrolment } from './exchange/enrolment.ts'
import { createMeasureText, type OpenText } from './exchange/measure-text.ts'
import type { ClientOptions } from './options.ts'
import { parserOf } from './request/plain-url.ts'
import type { EvidenceSource, SharedState } from './ports.ts'

/** What makes an {@link AssayClient}. `createNodeClient` and `createWebClient` fill in the platform's part. */
export interface AssayClientOptions extends Omit<ClientOptions, 'shared'> {
  /** What clients of one installation share. Default: nothing. */
  shared?: SharedState
  /** Sources of platform evidence, all asked when the service wants evidence. */
  evidence?: readonly EvidenceSource[]
  /** ABI of the native code in `image`, for builds that are registered from an AAB or split APKs; left out for others. */
  abi?: string
  /** Opens the second image, for builds that have one. Default: it cannot be reached. */
  text?: OpenText
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
    { shared: unshared, parseUrl: parserOf(globalThis.URL), ...given, keyStore },
    {
      enrolment: createEnrolment({
        sources: given.evidence ?? [],
        keyStore,
        crypto: given.crypto,
        abi: given.abi,
      }),
      ...(given.text && { measureText: createMeasureText(given.text) }),
    },
  )
}
