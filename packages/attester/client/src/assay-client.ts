import { invalidArgument } from '@assay/protocol'
import { checkShape, holdKeyStore } from './check-shape.ts'
import { createClient, type AssayClient } from './client.ts'
import { createEnrolment } from './exchange/enrolment.ts'
import { createMeasureText } from './exchange/measure-text.ts'
import { createClientPerAudience, type KeyPerAudience } from './key-per-audience.ts'
import { givenOptions, type AssayClientOptions } from './options.ts'
import { parserOf } from './request/plain-url.ts'
import type { AnyKeyStore, SharedState } from './ports.ts'

/** The same with a key for each audience, so that APIs that compare tokens do not find one device by its key. */
export interface KeyPerAudienceOptions extends Omit<AssayClientOptions, 'keyStore' | 'shared'> {
  /**
   * Each audience's is an installation of its own: it enrols by itself, and counts by itself where a vouching key may vouch
   * for so many. Not for keys that are attested at their birth, which name the device to every API anyway.
   */
  keyPerAudience: KeyPerAudience
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
export function createAssayClient(options: AssayClientOptions | KeyPerAudienceOptions): AssayClient {
  if (Object.hasOwn(Object(options) as object, 'keyPerAudience'))
    return withKeyPerAudience(options as KeyPerAudienceOptions)
  const given = givenOptions(options as AssayClientOptions)
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

function withKeyPerAudience(options: KeyPerAudienceOptions): AssayClient {
  const { keyPerAudience, ...given } = options
  const others = given as Partial<AssayClientOptions>
  if (typeof keyPerAudience !== 'function' || others.keyStore !== undefined || others.shared !== undefined)
    throw invalidArgument(
      'keyPerAudience: missing or wrong; give a function, and neither `keyStore` nor `shared`',
    )
  return createClientPerAudience(given, (audience, audiences) => {
    const keyStore: AnyKeyStore = keyPerAudience(audience)
    if ((Object(keyStore) as Partial<AnyKeyStore>).attest !== undefined)
      throw invalidArgument('keyPerAudience: missing or wrong; give stores without `attest`')
    return createAssayClient({ ...given, audiences, keyStore })
  })
}
