import { checkShape, givenOptions, holdKeyStore } from './check-shape.ts'
import { createClient, type AssayClient } from './client.ts'
import { createEnrolment } from './exchange/enrolment.ts'
import { createMeasureText } from './exchange/measure-text.ts'
import type { AssayClientOptions } from './options.ts'
import { parserOf } from './request/plain-url.ts'
import type { SharedState } from './ports.ts'

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
