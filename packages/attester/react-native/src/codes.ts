import type { CodeTable } from '@assay/protocol'

/** Codes of `AssayError` that the other SDKs have not. What an app ships imports only types of this module. */
export const bridgeCodes = {
  module_missing: {
    retryable: false,
    meaning: 'The app was built without the native part.',
    action:
      'Build it again: bare after `pod install`, Expo as a development build (`npm exec --no expo prebuild`). Expo Go cannot hold a native part.',
  },
  module_outdated: {
    retryable: false,
    meaning: 'JavaScript and native part are of different releases, as after an update over the air.',
    action: 'Build the app again. With `expo-updates`, keep one runtime version to one native build.',
  },
  bearer_refused: {
    retryable: false,
    meaning:
      '`proof()` was asked for an audience in mode `bearer`, for a client that may follow redirects with the token.',
    action:
      'Use `assay.fetch`, register the API in mode `bound`, or say `heedsRedirect: true` of a client that follows none.',
  },
  native_failed: {
    retryable: true,
    meaning:
      'The native part threw something that is no fault of attestation, or answered what cannot be read.',
    action:
      "See `vendorCode`, which names the class, and the system's log. If it stays, build the app again: it may lack that class.",
  },
} as const satisfies CodeTable<{ retryable: boolean }>
