import type { ProblemTable } from './code-table.ts'

/** Attestation: what SDKs meet. */
export const attestationProblems = {
  app_not_registered: {
    status: 403,
    title: 'The app is not registered',
    meaning: 'No app has this id.',
    action: "Register it (`assay app add`), or correct `app` in the SDK's options.",
  },
  build_not_registered: {
    status: 403,
    title: 'The build is not registered for this app',
    meaning: 'The app has no build of this id, or one that no admin has activated yet.',
    action: "Register the released file (`assay build add`), or correct `build` in the SDK's options.",
  },
  build_retired: {
    status: 403,
    title: 'The build has been retired',
    meaning: 'The operator has retired the build.',
    action: 'Users update the app. An admin can take a retirement back for 30 days (`assay build restore`).',
  },
  build_below_minimum: {
    status: 403,
    title: 'The build is older than the app allows',
    meaning: "The version code of the build is below the app's minimum.",
    action: 'Users update the app, or lower the minimum (`assay app update --min-version-code`).',
  },
  build_expired: {
    status: 403,
    title: 'The build has expired',
    meaning: 'The operator gave the build an end, which has passed.',
    action: 'Users update the app, or an admin extends it (`assay build update ID --app APP --expires 90d`).',
  },
  channel_not_admitted: {
    status: 403,
    title: 'The API does not take builds of this channel',
    meaning:
      "An API that the request names does not list the build's channel. One that lists none takes builds for production.",
    action:
      'Let the API take them (`assay api update URL --channel production beta`), or correct the channel of the build (`assay build update ID --app APP --channel production`).',
  },
  abi_not_registered: {
    status: 403,
    title: 'The ABI is not registered for this build',
    meaning: 'The build is registered by ABI (AAB, split APKs), and not for the one that the request names.',
    action:
      'Register the file as a new build with all its ABIs (`assay build add FILE --abis arm64-v8a,x86_64 --id NEW`), and let the app name that id.',
  },
  audience_not_registered: {
    status: 403,
    title: 'The API is not registered for this app',
    meaning: 'The API is not registered, or does not list this app.',
    action: "Register the API with the app (`assay api add`), or correct `audiences` in the SDK's options.",
  },
  token_kind_unsupported: {
    status: 403,
    title: 'The SDK cannot send the kind of token that the API takes',
    meaning:
      'An API that the request names takes tokens of the kind `access`, and the request does not say that its SDK can send them (`token_kinds`).',
    action:
      'Update the SDK in the app. Until users have updated, serve them from an API that takes the other kind (`assay api add URL --token attestation`).',
  },
  challenge_malformed: {
    status: 400,
    title: 'The challenge does not have the form of a challenge',
    meaning: 'The text is not a challenge of a known version and purpose.',
    action: 'Send the challenge as received.',
  },
  challenge_invalid: {
    status: 400,
    title: 'The challenge was not issued by this service for this app, build, key and plan',
    meaning:
      'Challenge, app, build, key and plan do not belong together; or a service of one node, which keeps the key of its challenges in memory, has been restarted.',
    action:
      'Get a new challenge; the SDK does. If this persists, look for a proxy that spreads one device over several services.',
  },
  challenge_expired: {
    status: 400,
    title: 'The challenge has expired',
    meaning: 'The challenge is older than 120 s.',
    action: 'Get a new challenge; the SDK does. If this persists, find out what slows the device down.',
  },
  challenge_wrong_purpose: {
    status: 400,
    title: 'The challenge was issued for another purpose',
    meaning: 'The challenge was issued for something other than an attestation.',
    action: 'Ask for a challenge of the right purpose.',
  },
  challenge_outdated: {
    status: 409,
    title: 'The challenge was issued before a fail-over',
    meaning:
      'The challenge was issued before a restart or a fail-over of Valkey, so nobody knows whether it has been used; or the clock of the node that issued it was ahead.',
    action: 'Get a new challenge; the SDK does so once, immediately.',
  },
  challenge_used: {
    status: 409,
    title: 'The challenge has been used with other client data',
    meaning:
      'Other client data has used the challenge; or the same client data came again and one of its APIs is in bearer mode.',
    action:
      'Get a new challenge; the SDK does. If you see many of these, look for somebody who replays requests.',
  },
  client_data_malformed: {
    status: 400,
    title: 'The client data does not have the required form',
    meaning: 'Client data is not strict JSON of the required form, or its key is not a point on P-256.',
    action: 'Update the older of SDK and service.',
  },
  client_data_signature_invalid: {
    status: 400,
    title: 'The signature over the client data does not verify',
    meaning: 'The signature over the client data is not by the key in it.',
    action: 'Make a new installation key; the SDK does. If this persists, the key store is broken.',
  },
  evidence_list_mismatch: {
    status: 400,
    title: 'The evidence is not what the client data lists',
    meaning:
      'The evidence is not what the client data lists, in the same order: a piece was left out, added or swapped on the way.',
    action: 'Send what was signed. Find out what changes it on the way.',
  },
  enrolment_required: {
    status: 409,
    title: 'There is nothing to refresh: the installation has to enrol',
    meaning:
      'The evidence renews what is remembered about the installation, but nothing is remembered: it was too old, was removed, or belongs to another key.',
    action: 'Enrol: get a new challenge and send full evidence; the SDK does.',
  },
  development_refused: {
    status: 403,
    title: 'There is no development token for this request',
    meaning:
      'There is no development token for this request: app, API or secret is not for development, or the secret has expired or was revoked.',
    action: 'Check that app and API are registered for development, and make a new secret.',
  },
  attestation_denied: {
    status: 403,
    title: 'The attestation was denied',
    meaning: 'The evidence is bad, or its tier is not accepted. Only the operator sees the reason.',
    action: 'Give the operator the trace to look up.',
  },
} as const satisfies ProblemTable
