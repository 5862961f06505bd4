import { createAssayOver, type Assay } from './assay.ts'
import { buildOfBundle } from './build-id.ts'
import type { AssayOptions } from './options.ts'
import NativeAssay from './spec/NativeAssay.ts'

declare const __DEV__: boolean | undefined

/**
 * Attestation for the app. Once, outside of components. It returns at once and asks for nothing: the native client is made at the
 * first call, and is the same one after a reload of the JavaScript.
 *
 * @param options left out: the configuration in the app (`assay.json` in Android's assets, `Assay` in `Info.plist`; the config plugin
 *   of Expo writes both), or the client that native code provided
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong
 */
export function createAssay(options?: AssayOptions): Assay {
  const isDevelopment = typeof __DEV__ !== 'undefined' && __DEV__
  return createAssayOver(NativeAssay, options, {
    fetch: (input, init) => globalThis.fetch(input, init),
    now: () => performance.now(),
    build: buildOfBundle(),
    // eslint-disable-next-line no-console -- in development only, for whoever builds the app
    warn: isDevelopment ? (text) => console.warn(text) : undefined,
  })
}
