import { AssayError, type AssayErrorCode } from '../errors/error.ts'

/** What a developer can do about faults that no user can fix. */
const advice: Partial<Readonly<Record<AssayErrorCode, string>>> = {
  module_missing:
    'This app was built without the native part of @assay/react-native. Bare: run `pod install` and rebuild. Expo: run `npm exec --no expo prebuild` and use a development build; Expo Go cannot load it.',
  module_outdated:
    'The native part of @assay/react-native and this JavaScript are from different releases. Rebuild the app; with updates over the air, keep one runtime version per native build.',
  build_refused:
    'This build is not registered, or retired. Development builds are: `assay build add FILE --app APP`, with `--help` for what a debug build may.',
  not_registered: 'App or audience is not registered: run `assay app add` or `assay api add`.',
  attestation_denied: 'The service denied this app. `assay doctor TRACE` says why.',
  bearer_refused:
    'An audience in mode `bearer` needs a client that follows no redirects: use `assay.fetch`, or register the API in mode `bound`.',
}

/** Warns once for each code. Without `warn`, in a release, never. */
export function warnOf(warn: ((text: string) => void) | undefined): (error: unknown) => void {
  const warned = new Set<string>()
  return (error) => {
    if (!warn || !(error instanceof AssayError)) return
    const text = advice[error.code]
    if (text === undefined || warned.has(error.code)) return
    warned.add(error.code)
    const trace = error.trace === undefined ? '' : ` Trace: ${error.trace}`
    warn(`[Assay] ${error.code}: ${text}${trace}`)
  }
}
