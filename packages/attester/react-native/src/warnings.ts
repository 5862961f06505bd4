import { AssayError, type AssayErrorCode } from './error.ts'

/** What a developer does about faults that no user can do anything about. */
const advice: Partial<Readonly<Record<AssayErrorCode, string>>> = {
  module_missing:
    'This app has no native part of @assay/react-native. Bare: `pod install`, then build again. Expo: `npm exec --no expo prebuild` and a development build; Expo Go cannot hold it.',
  module_outdated:
    'The native part of @assay/react-native is of another version than this JavaScript. Build the app again; with updates over the air, keep one runtime version to one native build.',
  build_refused:
    'This build is not registered, or retired. Development builds are: `assay build add FILE --app APP`, with `--help` for what a debug build may.',
  not_registered: 'App or audience is not registered: `assay app add`, `assay api add`.',
  attestation_denied: 'Denied. `assay doctor TRACE` says why.',
  bearer_refused:
    'An audience in mode `bearer` needs a client that follows no redirect: use `assay.fetch`, or the mode `bound`.',
}

/** Warns once for each code. Without `warn`, in a release, never. */
export function warnOf(warn: ((text: string) => void) | undefined): (error: unknown) => void {
  const told = new Set<string>()
  return (error) => {
    if (!warn || !(error instanceof AssayError)) return
    const text = advice[error.code]
    if (text === undefined || told.has(error.code)) return
    told.add(error.code)
    const trace = error.trace === undefined ? '' : ` Trace: ${error.trace}`
    warn(`[Assay] ${error.code}: ${text}${trace}`)
  }
}
