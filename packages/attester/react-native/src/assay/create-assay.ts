import { createAssayOver, type Assay } from './assay.ts'
import { buildOfBundle } from './build-id.ts'
import type { AssayOptions } from '../options/options.ts'
import NativeAssay from '../spec/NativeAssay.ts'

declare const __DEV__: boolean | undefined

/**
 * Attestation for the app. Call it once, outside of components. It returns at once and sends nothing: the native client
 * is created at the first call, and stays the same after a reload of the JavaScript.
 *
 * @param options by default the configuration in the app (`assay.json` in Android's assets, `Assay` in `Info.plist`;
 * the config plugin of Expo writes both), or the client that native code provided
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
