import type { SdkTable } from '@assay/protocol'

/**
 * Every code of `AssayClientError`. Code that an app ships imports only types from this module. Android's and iOS' SDK
 * have the same codes and remedies.
 */
export const clientCodes = {
  attestation_denied: {
    retryable: false,
    remedy: 'see the trace',
    meaning: 'The service denied the attestation, or gave tokens for other APIs and none for this one.',
    action:
      'Give the operator `trace` to look up. Do not loop: the same app on the same device gets the same answer.',
  },
  build_refused: {
    retryable: false,
    remedy: 'update the app or register the build',
    meaning: 'The build is not registered, retired or too old; `problem` says which.',
    action: 'Ask the user to update. Register a new release before it ships.',
  },
  not_registered: {
    retryable: false,
    remedy: 'register app and audience',
    meaning: 'App or audience is not registered.',
    action: 'Correct `app` or `audiences`, or register them.',
  },
  request_refused: {
    retryable: false,
    remedy: 'look up its problem',
    meaning: 'The service refused the form of the request; `problem` says how.',
    action:
      'Look up `problem` here: `development_refused` is a development secret that the service does not know. Otherwise update the older of SDK and service.',
  },
  plan_refused: {
    retryable: false,
    remedy: 'update the app or register the build',
    meaning: 'The measurement plan does not fit this app. `cause.code` is one of “Measurement”.',
    action: 'Check that the installed build is the registered one, under the same id.',
  },
  service_outdated: {
    retryable: false,
    remedy: 'update the service',
    meaning: 'The service speaks only older versions of the protocol than this SDK.',
    action: 'Update the service.',
  },
  sdk_outdated: {
    retryable: false,
    remedy: 'update the app',
    meaning: "The service does not speak this SDK's version of the protocol any more.",
    action: 'Update the app.',
  },
  page_refused: {
    retryable: false,
    remedy: "admit 'self' in connect-src",
    meaning: "The content security policy of the page keeps the SDK from reading the page's own scripts.",
    action: "Admit `'self'` in `connect-src`.",
  },
  page_outdated: {
    retryable: false,
    remedy: 'reload the page',
    meaning:
      'The service denied the attestation, or a file of the page is gone, and the `assay-build.json` of the site names another build than the block of the page: the page, or what its service worker has kept, is from before a deploy.',
    action:
      "Show the user that there is a new version, and reload the page (`onOutdatedPage: 'reload'` does). If it stays, `trace` says what differs, and the worker or a cache on the way serves old pages.",
  },
  redirect_refused: {
    retryable: false,
    remedy: 'update the URL',
    meaning: 'A protected API redirects; following the redirect would disclose token and proof.',
    action: "Call the final URL, or pass `redirect: 'manual'` and decide.",
  },
  authorization_present: {
    retryable: false,
    remedy: 'send it without Authorization',
    meaning:
      'The request has an `Authorization` of its own, and the API takes the token in that field (kind `access`). It was not sent.',
    action:
      "Leave `Authorization` to the SDK for this API. An API that needs the user's login in that field takes the kind `attestation` (`assay api add URL --token attestation`).",
  },
  closed: {
    retryable: false,
    remedy: 'create a client',
    meaning: '`close()` was called.',
    action: 'Create another client.',
  },
  network: {
    retryable: true,
    meaning:
      "No endpoint can be reached; or, in a browser, the page's origin is not one of the API's `origins`.",
    action:
      'Check the connection, then the endpoints, then the origins: `assay api update URL --origin …` takes the whole list.',
  },
  timeout: {
    retryable: true,
    meaning: 'No endpoint answered within `requestTimeout`.',
    action: 'Check the connection, or raise `requestTimeout`.',
  },
  response_invalid: {
    retryable: true,
    meaning: 'Something other than the service answered: a proxy, a login page of the network, a wrong URL.',
    action:
      'Check `endpoints`, and what lies between: each is the public URL of the service, to which the SDK adds `/v1/…`.',
  },
  service_unavailable: {
    retryable: true,
    meaning: 'The service answered 5xx.',
    action: 'Wait; the operator finds `trace` in the log.',
  },
  rate_limited: {
    retryable: true,
    meaning: 'The service asks for fewer requests.',
    action: 'Wait `retryAfter` seconds. Look for a loop with `forceRefresh`.',
  },
  challenge_stale: {
    retryable: true,
    meaning: 'Two challenges in a row were outdated, used, or not of this service.',
    action:
      'Try again. If this persists, measuring takes longer than 120 s, or `endpoints` are not nodes of one service.',
  },
  measurement_failed: {
    retryable: true,
    meaning: "The app's code could not be read; `cause` says why.",
    action:
      'Check the reader given as `image`, and that its files are there. If `cause` is a `timeout`, opening the files took longer than two minutes.',
  },
  key_store_failed: {
    retryable: true,
    meaning: 'The installation key cannot be used, and a new one cannot be made or stored; `cause` says why.',
    action:
      'Do what `cause` says: use another path, remove what is not a key file, `chmod 600`. In a browser, check IndexedDB.',
  },
  evidence_failed: {
    retryable: true,
    meaning:
      'A source of platform evidence failed (see `cause`), or `problem` was `enrolment_required` twice.',
    action: 'Look up the code of the platform, or make sure that a source gives evidence for an enrolment.',
  },
} as const satisfies SdkTable

export const clientErrorCodes = Object.keys(clientCodes) as readonly (keyof typeof clientCodes)[]
