import type { SdkTable } from '@assay/protocol'

/** Codes of `AssayError` that the other SDKs do not have. Code that ships in an app imports only the types of this module. */
export const bridgeCodes = {
  module_missing: {
    retryable: false,
    remedy: 'rebuild the app with the native part of @assay/react-native; Expo Go does not include it',
    meaning: 'The app was built without the native part.',
    action:
      'Rebuild it: a bare app after `pod install`, an Expo app as a development build (`npm exec --no expo prebuild`). Expo Go cannot load it.',
  },
  module_outdated: {
    retryable: false,
    remedy: 'rebuild the app: its native part and its JavaScript are from different releases',
    meaning:
      'The JavaScript and the native part come from different releases, as after an update over the air.',
    action: 'Rebuild the app. With `expo-updates`, keep one runtime version per native build.',
  },
  bearer_refused: {
    retryable: false,
    remedy: 'use `assay.fetch`, or pass `heedsRedirect: true` for a client that follows no redirects',
    meaning:
      '`proof()` was asked for an audience in mode `bearer`, for a client that may follow redirects with the token.',
    action:
      'Use `assay.fetch`, register the API in mode `bound`, or pass `heedsRedirect: true` for a client that follows none.',
  },
  native_failed: {
    retryable: true,
    meaning:
      'The native part threw something other than an attestation fault, or returned something unreadable.',
    action:
      "Look at `vendorCode`, which names the class, and at the system's log. If this persists, rebuild the app: that class may be missing.",
  },
} as const satisfies SdkTable
