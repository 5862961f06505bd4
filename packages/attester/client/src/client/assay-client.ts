import { invalidArgument } from '@assay/protocol'
import { checkShape, holdKeyStore } from './check-shape.ts'
import { createClient, type AssayClient } from './client.ts'
import { createEnrolment } from '../exchange/enrolment.ts'
import { createMeasureText } from '../exchange/measure-text.ts'
import { createClientPerAudience, type KeyPerAudience } from './key-per-audience.ts'
import { givenOptions, type AssayClientOptions } from '../options/options.ts'
import { parserOf } from '../url/plain-url.ts'
import type { AnyKeyStore, SharedState } from '../runtime/ports.ts'

/** The same with a key for each audience, so that APIs that compare tokens cannot recognise a device by its key. */
export interface KeyPerAudienceOptions extends Omit<AssayClientOptions, 'keyStore' | 'shared'> {
  /**
   * Each audience has its own installation: it enrols separately, and counts separately against the limit of a vouching
   * key. Not for keys that are attested at their creation, which identify the device to every API anyway.
   */
  keyPerAudience: KeyPerAudience
}

const unshared: SharedState = {
  load: async () => undefined,
  save: async () => undefined,
  exclusively: (work) => work(),
}

/**
 * A client over your own ports.
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
        image: given.image,
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
  return createClientPerAudience(given, (audience, own) => {
    const keyStore: AnyKeyStore = keyPerAudience(audience)
    if ((Object(keyStore) as Partial<AnyKeyStore>).attest !== undefined)
      throw invalidArgument('keyPerAudience: missing or wrong; give stores without `attest`')
    return createAssayClient({ ...given, ...own, keyStore })
  })
}
