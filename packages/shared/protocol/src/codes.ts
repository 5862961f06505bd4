import type { CodeTable } from './code-table.ts'

/** A problem of the HTTP API (RFC 9457): its title is fixed, and nothing of the request is in it. */
interface ProblemDefinition {
  readonly status: number
  readonly title: string
}

/** Every problem that the service answers with. */
export const problems = {
  // Form of a request
  json_invalid: {
    status: 400,
    title: 'The body is not well-formed JSON',
    meaning: 'The body is empty, not UTF-8 or not JSON, or holds a lone surrogate or a member `__proto__`.',
    action: 'Send well-formed JSON.',
  },
  json_duplicate_member: {
    status: 400,
    title: 'A JSON object names the same member twice',
    meaning: 'An object names the same member twice, which two parsers could read differently.',
    action: 'Name each member once.',
  },
  json_too_deep: {
    status: 400,
    title: 'The JSON is nested too deeply',
    meaning: 'Arrays and objects are nested more than 16 deep.',
    action: 'Send flatter JSON.',
  },
  request_invalid: {
    status: 400,
    title: 'The request does not have the required form',
    meaning:
      'Path, query or body does not have the required form, the upload ended early, or an app is given package or signers that its platform has not (`other_platform`). `errors` says where, never the value.',
    action:
      'Correct what `errors` points to; `--help` of a command says what it takes. From an SDK: update the older of SDK and service.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is larger than this endpoint accepts',
    meaning:
      'More bytes than the endpoint takes: 8 KiB for challenges, 256 KiB for attestations, 64 KiB elsewhere, a build 512 MiB (limit `buildSize`); or JSON of more than 4,096 arrays, objects, members and elements.',
    action: 'Send less. For a build raise `limits.buildSize` (option of `startService`).',
  },
  body_too_slow: {
    status: 408,
    title: 'The body did not come in time',
    meaning:
      'A body was not complete 15 seconds after its request began (limit `bodyTime`), or a build came with less than 16 KiB a second (limit `uploadRate`).',
    action:
      'Send it again over a better connection. For slow ones raise the limit (option of `startService`).',
  },
  media_type_unsupported: {
    status: 415,
    title: 'The media type is not one that this endpoint accepts',
    meaning: '`Content-Type` is not one that the endpoint takes.',
    action:
      'Send `application/json`; a build as `application/vnd.android.package-archive`, `application/x-ios-app` or `application/zip`.',
  },
  not_found: {
    status: 404,
    title: 'No such resource',
    meaning: 'No endpoint has this path.',
    action:
      'Check the base URL (`--server`, `ASSAY_URL`): the address of the service itself, without a path of its own, and no proxy that rewrites paths.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not one that this endpoint accepts',
    meaning: 'The path exists, the method does not.',
    action: 'Use a method that `Allow` lists.',
  },
  version_unsupported: {
    status: 400,
    title: 'The service does not speak this version of the protocol',
    meaning:
      'The request names a version of the protocol (`v`) that the service does not speak. `supported` lists those that it does.',
    action:
      'Update the older one: the service if all of `supported` are lower, else the SDK. The SDK says `service_outdated` or `sdk_outdated`.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'Network (/24 or /64) or app has used up its quota at the public endpoints: by default 1,200 and 60,000 requests a minute, and 600 challenges of a network; or a network has sent 60 API keys within a minute that do not exist.',
    action:
      'Wait for the time in `Retry-After`. If the callers are genuine, raise `limits`; behind a proxy set `trustedProxies`, or all callers look like one network (options of `startService`).',
  },
  // Attestation
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
    action: 'Users update the app. Retiring is final.',
  },
  build_below_minimum: {
    status: 403,
    title: 'The build is older than the app allows',
    meaning: "The version code of the build is below the app's minimum.",
    action: 'Users update the app, or lower the minimum (`assay app update --min-version-code`).',
  },
  abi_not_registered: {
    status: 403,
    title: 'The ABI is not registered for this build',
    meaning: 'The build is registered by ABI (AAB, split APKs), and not for the one that the request names.',
    action: 'Register the build for this ABI as well (`assay build add --abi`).',
  },
  audience_not_registered: {
    status: 403,
    title: 'The API is not registered for this app',
    meaning: 'The API is not registered, or does not list this app.',
    action: "Register the API with the app (`assay api add`), or correct `audiences` in the SDK's options.",
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
      'Challenge, app, build, key and plan do not belong together. The same after a restart of a service of one node, whose key of challenges lives in memory.',
    action:
      'Get a new challenge; the SDK does. If this persists: look for a proxy that spreads one device over several services.',
  },
  challenge_expired: {
    status: 400,
    title: 'The challenge has expired',
    meaning: 'The challenge is older than 120 s.',
    action: 'Get a new challenge; the SDK does. If this persists, the device is too slow or held up.',
  },
  challenge_wrong_purpose: {
    status: 400,
    title: 'The challenge was issued for another purpose',
    meaning: 'The challenge was issued for something else than an attestation.',
    action: 'Ask for a challenge of the right purpose.',
  },
  challenge_outdated: {
    status: 409,
    title: 'The challenge was issued before a fail-over',
    meaning:
      'The challenge was issued before a restart or a fail-over of Valkey: whether it has been used is unknown. Or the clock of the node that issued it was ahead.',
    action: 'Get a new challenge; the SDK does, at once and once.',
  },
  challenge_used: {
    status: 409,
    title: 'The challenge has been used with other client data',
    meaning:
      'Other client data has used the challenge; or the same came again and one of its APIs is in bearer mode.',
    action: 'Get a new challenge; the SDK does. If there are many, somebody replays.',
  },
  client_data_malformed: {
    status: 400,
    title: 'The client data does not have the required form',
    meaning: 'Client data is not strict JSON of the required form, or its key is no point of P-256.',
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
      'The evidence is not, in order, what the client data lists: some was left out, added or swapped on the way.',
    action: 'Send what was signed. Find out who changes it on the way.',
  },
  enrolment_required: {
    status: 409,
    title: 'There is nothing to refresh: the installation has to enrol',
    meaning:
      'The evidence renews what is remembered about the installation, and nothing is: it is too old, was removed, or belongs to another key.',
    action: 'Enrol: get a new challenge and send full evidence; the SDK does.',
  },
  development_refused: {
    status: 403,
    title: 'There is no development token for this request',
    meaning:
      'There is no development token for this request: app, API or secret is not for development, or the secret is expired or revoked.',
    action: 'Check that app and API are registered for development, and make a new secret.',
  },
  attestation_denied: {
    status: 403,
    title: 'The attestation was denied',
    meaning: 'The evidence is bad, or its tier is not accepted. The reason stays with the operator.',
    action: 'The operator looks up the trace.',
  },
  // Provisioning and management
  unauthorized: {
    status: 401,
    title: 'The API key is missing or not valid',
    meaning: 'No API key, or none that is known.',
    action:
      'Send `Authorization: Bearer` with the key. The CLI takes it from `ASSAY_API_KEY`: the key that `assay init` or `assay key add` of this very service showed.',
  },
  origin_refused: {
    status: 403,
    title: 'The request does not come from the console',
    meaning:
      'Only at the listener of the console: the request is for another host, or a page of another origin sent it, or a program that is no browser.',
    action:
      'Open the console by the address that `assay serve` prints, or by `--console-url`. Programs use the API with an API key, or the CLI.',
  },
  scope_insufficient: {
    status: 403,
    title: 'The API key may not do this',
    meaning:
      'Only an admin key may do everything. A key to read looks; one for support also bans, one for policies also changes these. A registration key may only add and read builds of its own apps, and no debuggable ones. A key for provenance opens nothing.',
    action: 'Use an admin key, or a registration key for this app.',
  },
  app_exists: {
    status: 409,
    title: 'The app is registered already',
    meaning: 'An app of this id is registered.',
    action: '`assay app update ID …` changes it; or choose another id.',
  },
  app_not_found: {
    status: 404,
    title: 'There is no such app',
    meaning: 'An app that the request names is not registered.',
    action: '`assay app list` shows the registered apps; `assay app add ID --platform …` adds one.',
  },
  build_exists: {
    status: 409,
    title: 'Another build is registered under this id',
    meaning: 'The id is taken by a build of other content, active or retired.',
    action: 'Give the build another `--id`: a registered build keeps its id, also when it is retired.',
  },
  build_not_found: {
    status: 404,
    title: 'There is no such build',
    meaning: 'The app has no build of this id.',
    action: '`assay build list --app APP` shows those that it has.',
  },
  build_refused: {
    status: 422,
    title: 'The file cannot be registered as a build',
    meaning: 'The file is refused. `reason` is a code of “Refused builds”.',
    action: 'See that code. `assay inspect FILE` reads the same file without a service.',
  },
  build_debuggable: {
    status: 422,
    title: 'The build is debuggable',
    meaning: 'The build is debuggable: anyone can attach a debugger to it.',
    action:
      'Register the release build. For development an admin may pass `--allow-debuggable`, which is recorded.',
  },
  build_platform_mismatch: {
    status: 422,
    title: 'The file is not a build for the platform of this app',
    meaning:
      'An APK for an app that is not Android, an IPA for one that is not iOS, or a ZIP for one that is neither `web` nor `node`.',
    action:
      'Name the right app, or the right file; `assay app list` shows platforms. An APK goes to an app of platform android, an IPA to ios, a folder to web or node.',
  },
  package_mismatch: {
    status: 422,
    title: 'The package name of the file is not the one registered for this app',
    meaning: "The package name in the APK, or the bundle identifier in the IPA, is not the app's.",
    action: 'Check file and `--app`; `assay app list` shows the registered package.',
  },
  build_debug_signer: {
    status: 422,
    title: 'The build is signed by a certificate whose key everybody may have',
    meaning:
      'The build is signed by a debug or public test certificate (`CN=Android Debug`, the test keys of AOSP), whose key everybody may have.',
    action:
      'Sign with a key of your own. To try something out, an admin may pass `--allow-debug-signer`: the certificate counts for that build only.',
  },
  signer_new: {
    status: 409,
    title: 'The signing certificate is new for this app',
    meaning: 'The APK is signed by a certificate that is new for the app, and is not its first build.',
    action:
      'If the certificate is yours, an admin may pass `--new-signer`. If not, somebody else signed the build.',
  },
  signer_not_registered: {
    status: 403,
    title: 'The signing certificate is not one of this app',
    meaning: 'A registration key brought an APK signed by a certificate that is new for the app.',
    action:
      'If the certificate is yours, add it (`assay app update ID --signer SHA256 …`, the whole list), or register this build once with an admin key.',
  },
  team_new: {
    status: 409,
    title: 'The team that signed the IPA is new for this app',
    meaning: 'The IPA is signed by a team that is new for the app, and is not its first build.',
    action:
      'If the team is yours, an admin may pass `--new-team`, or list it (`assay app update ID --team ID …`). If not, somebody else signed the build.',
  },
  team_not_registered: {
    status: 403,
    title: 'The team that signed the IPA is not one of this app',
    meaning: 'A registration key brought an IPA signed by a team that is new for the app.',
    action:
      'If the team is yours, add it (`assay app update ID --team ID …`, the whole list), or register this build once with an admin key.',
  },
  provenance_invalid: {
    status: 422,
    title: 'The provenance does not hold for this build',
    meaning:
      '`Assay-Provenance` is not signed by a key of this app, or is about another file, build id, version code or base than is registered.',
    action:
      'Sign what is sent, with a key that `assay key list` shows for this app: `assay build add --provenance-key`.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy is not valid',
    meaning: 'The policy is not valid. `errors` says where, with the code of “Policies”.',
    action: 'Correct the document at that place; `assay explain CODE` says more of its code.',
  },
  policy_reserved: {
    status: 409,
    title: 'The policy is built in and cannot be changed',
    meaning: 'The policy is one of the built-in ones.',
    action:
      'Save yours under another id; `assay policy show ID --document` gives the built-in one to start from.',
  },
  policy_not_found: {
    status: 404,
    title: 'There is no such policy',
    meaning: 'There is no policy of this id.',
    action: '`assay policy list` shows the policies; `assay policy set ID FILE` saves one.',
  },
  policy_version_not_found: {
    status: 404,
    title: 'The policy has no such version',
    meaning: 'The policy has no version of this number. What is built in has one.',
    action: '`assay policy versions ID` lists the versions.',
  },
  dry_run_running: {
    status: 409,
    title: 'A dry run is under way',
    meaning: 'The service carries out one dry run at a time.',
    action: 'Try again when it is done, a few seconds later.',
  },
  policy_in_use: {
    status: 409,
    title: 'An app or API uses the policy',
    meaning: 'An app or API names the policy.',
    action: 'Give the apps and APIs that name it another policy first: `assay app update ID --policy ID`.',
  },
  evidence_settings_invalid: {
    status: 422,
    title: 'The evidence settings do not fit the app',
    meaning: "The app's platform has no evidence of a kind that is set.",
    action: 'See the `pointer`; leave that kind out.',
  },
  api_exists: {
    status: 409,
    title: 'The API is registered already',
    meaning: 'An API of this audience is registered.',
    action: '`assay api list` shows it, `assay api update URL …` changes it; or choose another audience.',
  },
  api_not_found: {
    status: 404,
    title: 'There is no such API',
    meaning: 'No API has this audience.',
    action: '`assay api list` shows those that are registered.',
  },
  key_exists: {
    status: 409,
    title: 'The public key is registered already',
    meaning: 'A key for provenance has this public key.',
    action: '`assay key list` shows it. Remove it first to change its apps.',
  },
  key_not_found: {
    status: 404,
    title: 'There is no such API key',
    meaning: 'No API key has this id.',
    action: '`assay key list` shows the ids.',
  },
  key_last_admin: {
    status: 409,
    title: 'It is the only admin key',
    meaning: 'Without it nobody could administer the service.',
    action: 'Make another first: `assay key add --scope admin`.',
  },
  development_secret_not_found: {
    status: 404,
    title: 'There is no such development secret',
    meaning: 'No development secret has this id.',
    action: '`assay development list` shows the ids.',
  },
  anchor_is_batch: {
    status: 409,
    title: 'The vouching key is shared by a batch of devices',
    meaning: 'The attestation key came from the factory, and thousands of devices share it.',
    action: 'Say `batch` (`--batch`) to ban all devices with this key, which is right only for a leaked one.',
  },
  ban_not_found: {
    status: 404,
    title: 'The vouching key is not banned',
    meaning: 'The vouching key is not banned at this app.',
    action: '`assay ban list --app APP` shows the bans.',
  },
  allow_entry_not_found: {
    status: 404,
    title: 'The installation is not on the allow list',
    meaning: 'The app has no such entry on its allow list, or it has ended.',
    action: '`assay allow list --app APP` shows the entries.',
  },
  allow_list_full: {
    status: 409,
    title: 'The allow list is full',
    meaning: 'An app has at most 100 test devices on its allow list at a time.',
    action: 'Remove those that nobody uses: `assay allow remove`. For development, use development tokens.',
  },
  trace_not_found: {
    status: 404,
    title: 'Nothing is kept under this trace id',
    meaning:
      "Nothing is kept: the attestation succeeded, was too long ago, or was refused before its challenge proved genuine; then the client's own code says why.",
    action:
      "Check that the trace id is whole; look at the code of the client's error; search the log for the trace id.",
  },
  // Ours or a vendor's
  temporarily_unavailable: {
    status: 503,
    title: 'The service cannot answer at the moment',
    meaning:
      'Storage does not answer, is full or has lost a segment, a digest is not ready, four uploads are under way, or two of the same key, too many used challenges are remembered, or the service is stopping.',
    action: 'Send the same again after `Retry-After`. If this persists, the log names the fault.',
  },
  internal_error: {
    status: 500,
    title: 'The service has a fault',
    meaning: 'An unexpected fault of the service.',
    action:
      'Send the same again later. The line `malfunction` in the log has the trace and the cause: report it.',
  },
} as const satisfies CodeTable<ProblemDefinition>

export const problemCodes = Object.keys(problems) as readonly (keyof typeof problems)[]
