import type { CodeExplanation } from './code-explanation.ts'

/** Written by a test from the section "Problems of the HTTP API" of docs/errors.md. */
export const problems: Readonly<Record<string, CodeExplanation>> = {
  json_invalid: {
    meaning: 'The body is empty, not UTF-8 or not JSON, or holds a lone surrogate or a member `__proto__`.',
    action: 'Send well-formed JSON.',
  },
  json_duplicate_member: {
    meaning: 'An object names the same member twice, which two parsers could read differently.',
    action: 'Name each member once.',
  },
  json_too_deep: {
    meaning: 'Arrays and objects are nested more than 16 deep.',
    action: 'Send flatter JSON.',
  },
  request_invalid: {
    meaning:
      'Path, query or body does not have the required form, the upload ended early, or an app is given package or signers that its platform has not (`other_platform`). `errors` says where, never the value.',
    action: 'Correct what `errors` points to. From an SDK: update the older of SDK and service.',
  },
  body_too_large: {
    meaning:
      'More bytes than the endpoint takes: 8 KiB for challenges, 256 KiB for attestations, 64 KiB elsewhere, a build 512 MiB (limit `buildSize`); or JSON of more than 4,096 arrays, objects, members and elements.',
    action: 'Send less. For a build raise `limits.buildSize` (option of `startService`).',
  },
  media_type_unsupported: {
    meaning: '`Content-Type` is not one that the endpoint takes.',
    action:
      'Send `application/json`; a build as `application/vnd.android.package-archive`, `application/x-ios-app` or `application/zip`.',
  },
  not_found: {
    meaning: 'No endpoint has this path.',
    action: 'Check the base URL, and whether a proxy rewrites paths.',
  },
  method_not_allowed: {
    meaning: 'The path exists, the method does not.',
    action: 'Use a method that `Allow` lists.',
  },
  version_unsupported: {
    meaning:
      'The request names a version of the protocol (`v`) that the service does not speak. `supported` lists those that it does.',
    action:
      'Update the older one: the service if all of `supported` are lower, else the SDK. The SDK says `service_outdated` or `sdk_outdated`.',
  },
  rate_limited: {
    meaning:
      'Network (/24 or /64) or app has used up its quota at the public endpoints: by default 1,200 and 60,000 requests a minute.',
    action:
      'Wait for `Retry-After`. If the callers are genuine, raise `limits`; behind a proxy set `trustedProxies`, or all callers look like one network (options of `startService`).',
  },
  app_not_registered: {
    meaning: 'No app has this id.',
    action: "Register it (`assay app add`), or correct `app` in the SDK's options.",
  },
  build_not_registered: {
    meaning: 'The app has no build of this id.',
    action: "Register the released file (`assay build add`), or correct `build` in the SDK's options.",
  },
  build_retired: {
    meaning: 'The operator has retired the build.',
    action: 'Users update the app. Retiring is final.',
  },
  build_below_minimum: {
    meaning: "The version code of the build is below the app's minimum.",
    action: 'Users update the app, or lower the minimum (`assay app update --min-version-code`).',
  },
  abi_not_registered: {
    meaning: 'The build is registered by ABI (AAB, split APKs), and not for the one that the request names.',
    action: 'Register the build for this ABI as well (`assay build add --abi`).',
  },
  audience_not_registered: {
    meaning: 'The API is not registered, or does not list this app.',
    action: "Register the API with the app (`assay api add`), or correct `audiences` in the SDK's options.",
  },
  challenge_malformed: {
    meaning: 'The text is not a challenge of a known version and purpose.',
    action: 'Send the challenge as received.',
  },
  challenge_invalid: {
    meaning:
      'Challenge, app, build, key and plan do not belong together. The same after a restart or at another node, because the key of challenges lives in memory.',
    action:
      'Get a new challenge; the SDK does. If it stays: look for a proxy that spreads one device over several nodes.',
  },
  challenge_expired: {
    meaning: 'The challenge is older than 120 s.',
    action: 'Get a new challenge; the SDK does. If it stays, the device is too slow or held up.',
  },
  challenge_wrong_purpose: {
    meaning: 'The challenge was issued for something else than an attestation.',
    action: 'Ask for a challenge of the right purpose.',
  },
  challenge_outdated: {
    meaning:
      'The challenge was issued before a fail-over; what it was used for since, nobody knows any more.',
    action: 'Get a new challenge; the SDK does, at once and once.',
  },
  challenge_used: {
    meaning:
      'Other client data has used the challenge; or the same came again and one of its APIs is in bearer mode.',
    action: 'Get a new challenge; the SDK does. If there are many, somebody replays.',
  },
  client_data_malformed: {
    meaning: 'Client data is not strict JSON of the required form, or its key is no point of P-256.',
    action: 'Update the older of SDK and service.',
  },
  client_data_signature_invalid: {
    meaning: 'The signature over the client data is not by the key in it.',
    action: 'Make a new installation key; the SDK does. If it stays, the key store is broken.',
  },
  evidence_list_mismatch: {
    meaning:
      'The evidence is not, in order, what the client data lists: some was left out, added or swapped on the way.',
    action: 'Send what was signed. Find out who changes it on the way.',
  },
  enrolment_required: {
    meaning:
      'The evidence renews what is remembered of the installation, and nothing is: it is too old, was removed, or belongs to another key.',
    action: 'Enrol: get a new challenge and send full evidence; the SDK does.',
  },
  development_refused: {
    meaning:
      'There is no development token for this request: app, API or secret is not for development, or the secret is expired or revoked.',
    action: 'Check that app and API are registered for development, and make a new secret.',
  },
  attestation_denied: {
    meaning: 'The evidence is bad, or its tier is not admitted. The reason stays with the operator.',
    action: 'The operator looks up the trace.',
  },
  unauthorized: {
    meaning: 'No API key, or none that is known.',
    action: 'Send `Authorization: Bearer` with the key; the CLI takes it from `ASSAY_API_KEY`.',
  },
  scope_insufficient: {
    meaning: 'A registration key may only add and read builds of its own apps, and no debuggable ones.',
    action: 'Use an admin key, or a registration key for this app.',
  },
  app_exists: {
    meaning: 'An app of this id is registered.',
    action: 'Change it (`assay app update`), or choose another id.',
  },
  app_not_found: {
    meaning: 'An app that the request names is not registered.',
    action: '`assay app list` shows those that are.',
  },
  build_exists: {
    meaning: 'The id is taken by a build of other content, active or retired.',
    action: 'Give the build another `--id`.',
  },
  build_not_found: {
    meaning: 'The app has no build of this id.',
    action: '`assay build list --app APP` shows those that it has.',
  },
  build_refused: {
    meaning: 'The file is refused. `reason` is a code of Refused builds.',
    action: 'See that code. `assay inspect FILE` reads the same file without a service.',
  },
  build_debuggable: {
    meaning: 'The build is debuggable: anyone can attach a debugger to it.',
    action:
      'Register the release build. For development an admin may pass `--allow-debuggable`, which is recorded.',
  },
  build_platform_mismatch: {
    meaning:
      'An APK for an app that is not Android, an IPA for one that is not iOS, or a ZIP for one that is neither `web` nor `node`.',
    action: 'Name the right app, or the right file.',
  },
  package_mismatch: {
    meaning: "The package name in the APK, or the bundle identifier in the IPA, is not the app's.",
    action: 'Check file and `--app`; `assay app list` shows the package.',
  },
  signer_not_registered: {
    meaning: 'A registration key brought an APK signed by a certificate that is new for the app.',
    action:
      'If the certificate is yours, add it (`assay app update --signer`, the whole list), or register this build with an admin key. Otherwise the pipeline or its key is compromised.',
  },
  policy_invalid: {
    meaning: 'The policy does not hold. `errors` says where, with the code of Policies.',
    action: 'Mend the document at that place.',
  },
  policy_reserved: {
    meaning: 'The policy is one of the built-in ones.',
    action: 'Save yours under another id.',
  },
  policy_not_found: {
    meaning: 'There is no policy of this id.',
    action: '`assay policy list` names those there are.',
  },
  policy_in_use: { meaning: 'An app or API names the policy.', action: 'Give them another one first.' },
  evidence_settings_invalid: {
    meaning: "The app's platform has no evidence of a kind that is set.",
    action: 'See the `pointer`; leave that kind out.',
  },
  api_exists: {
    meaning: 'An API of this audience is registered.',
    action: 'Change it (`assay api update`), or choose another audience.',
  },
  api_not_found: {
    meaning: 'No API has this audience.',
    action: '`assay api list` shows those that are registered.',
  },
  key_not_found: { meaning: 'No API key has this id.', action: '`assay key list` shows the ids.' },
  anchor_not_found: {
    meaning:
      'No remembered installation of the app has this name at the API, or it has no hardware evidence.',
    action:
      "Take `installation` and `aud` from a token of that installation. One with software measurement alone has no anchor: put it on the guard's deny list.",
  },
  anchor_is_batch: {
    meaning: 'The attestation key came from the factory, and thousands of devices share it.',
    action: 'Say `batch` if you mean all of them.',
  },
  ban_not_found: { meaning: 'The anchor is not banned at this app.', action: 'List the bans of the app.' },
  trace_not_found: {
    meaning:
      "Nothing is kept: the attestation succeeded, is too long ago, or was refused before its challenge proved genuine; then the client's own code says why.",
    action:
      "Check that the trace id is whole; look at the code of the client's error; search the log for the trace id.",
  },
  temporarily_unavailable: {
    meaning:
      'Storage does not answer, a digest is not ready, four uploads are under way, too many used challenges are remembered, or the service is stopping.',
    action: 'Send the same again after `Retry-After`. If it stays, the log names the fault.',
  },
  internal_error: {
    meaning: 'A fault of the service that nobody foresaw.',
    action:
      'Send the same again later. The line `malfunction` in the log has the trace and the cause: report it.',
  },
}
