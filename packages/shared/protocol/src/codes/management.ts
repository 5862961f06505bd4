import type { ProblemTable } from './code-table.ts'

/** Provisioning and management: what operators meet. */
export const managementProblems = {
  unauthorized: {
    status: 401,
    title: 'The API key is missing or not valid',
    meaning: 'The request has no API key, or one that the service does not know.',
    action:
      'Send `Authorization: Bearer` with the key. The CLI takes it from `ASSAY_API_KEY`: the key that `assay init` or `assay key add` showed for this very service.',
  },
  origin_refused: {
    status: 403,
    title: 'The request does not come from the console',
    meaning:
      'Only at the listener of the console: the request is for another host, or was sent by a page of another origin or by a program that is not a browser.',
    action:
      'Open the console by the address that `assay serve` prints, or by `--console-url`. In a program use the API with an API key, or the CLI.',
  },
  scope_insufficient: {
    status: 403,
    title: 'The API key may not do this',
    meaning:
      'Only an admin key may do everything. A key of scope `read` only looks; one of scope `support` sees its own apps, bans, and undoes what support did, but nothing that an operator did, and lets through only if it was made with `--let-through`; one of scope `policy` also changes policies and the allow list. A registration key may only add and read builds of its own apps, and may not add debuggable ones. A key for provenance opens nothing.',
    action: 'Use a key that may: an admin makes one for this app (`assay key add`).',
  },
  app_exists: {
    status: 409,
    title: 'The app is registered already',
    meaning: 'An app of this id is registered.',
    action: 'Change it by `assay app update ID …`, or choose another id.',
  },
  app_not_found: {
    status: 404,
    title: 'There is no such app',
    meaning: 'An app that the request names is not registered.',
    action: 'Look at the registered apps (`assay app list`), or add one (`assay app add ID --platform …`).',
  },
  build_exists: {
    status: 409,
    title: 'Another build is registered under this id',
    meaning:
      'The id is taken by a build of other content. A pending one gives way to a build for which somebody vouches: with provenance, or by an admin.',
    action:
      'Give the build another `--id`: a registered build keeps its id even when it is retired. If nobody has attested with it, an admin can remove it: `assay build remove ID --app APP`.',
  },
  variant_refused: {
    status: 409,
    title: 'The file is no variant of this build',
    meaning:
      'The file was sent as a variant, and `errors` says what stands against it. `other`: what the pointer names is not as in the build (`/version_code`, `/signers`, `/base`, `/format`, `/abis`, `/debuggable`). `less`: it has less code than the build, or would be measured less. `same`: these bytes are registered for the build already. `taken`: under `/variant`, the name is taken by other bytes; under `/shape`, another image has segments of the same names and lengths, so that nothing could tell the two apart. `too_many`: 31 variants are active. `last`: it is the only image of the build. `pending`: the build itself, or what would replace an image, is vouched for by nobody.',
    action:
      'Compare it with the build: `assay build diff ID --file FILE --app APP`. Another version is another build. `--replace NAME` ends the variant that holds a name or a shape, `--replace first` the image that was registered first.',
  },
  build_in_use: {
    status: 409,
    title: 'The build has been used',
    meaning: 'An installation has attested with the build, or an update over the air is registered for it.',
    action:
      'Retire it: `assay build retire ID --app APP`. One that was used keeps its id. If only an update stands against it, remove that first.',
  },
  builds_pending_full: {
    status: 409,
    title: 'The key has too many pending builds',
    meaning: 'The API key has registered 100 builds that are pending.',
    action:
      'Let an admin activate those that are right, and remove the others (`assay build list --app APP`, `assay build remove ID`). If the pipeline did not send them, its key has leaked: remove that (`assay key remove ID`). Pipelines that sign what they build have no pending builds.',
  },
  build_not_found: {
    status: 404,
    title: 'There is no such build',
    meaning: 'The app has no build of this id, or the build has no such variant.',
    action: 'Look at the builds that it has: `assay build list --app APP`.',
  },
  build_refused: {
    status: 422,
    title: 'The file cannot be registered as a build',
    meaning: 'The file is refused. `reason` is a code of “Refused builds”.',
    action: 'Look up that code. `assay inspect FILE` reads the same file without a service.',
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
      'The file is an APK, AAB or APKS for an app that is not Android, an IPA for one that is not iOS, or a ZIP for one that is neither `web` nor `node`.',
    action:
      'Name the right app, or the right file; `assay app list` shows the platforms. An APK, AAB or APKS goes to an app of platform android, an IPA to ios, a folder to web or node.',
  },
  package_mismatch: {
    status: 422,
    title: 'The package name of the file is not the one registered for this app',
    meaning:
      "The package name in the APK, AAB or APKS, or the bundle identifier in the IPA, is not the app's.",
    action: 'Check file and `--app`; `assay app list` shows the registered package.',
  },
  build_debug_signer: {
    status: 422,
    title: 'The build is signed with a certificate whose key anyone may have',
    meaning:
      'The build is signed with a debug or public test certificate (`CN=Android Debug`, the test keys of AOSP), whose key anyone may have.',
    action:
      'Sign with a key of your own. To try something out, an admin may pass `--allow-debug-signer`: the certificate counts for that build only.',
  },
  signer_new: {
    status: 409,
    title: 'The signing certificate is new for this app',
    meaning:
      'The APK is signed with a certificate that is new for the app, and it is not the first build of the app.',
    action:
      'If the certificate is yours, an admin may pass `--new-signer`. If not, somebody else signed the build.',
  },
  signer_not_registered: {
    status: 403,
    title: 'The signing certificate is not one of this app',
    meaning: 'A registration key uploaded an APK signed with a certificate that is new for the app.',
    action:
      'If the certificate is yours, add it (`assay app update ID --signer SHA256 …`, the whole list), or register this build once with an admin key.',
  },
  team_new: {
    status: 409,
    title: 'The team that signed the IPA is new for this app',
    meaning: 'The IPA is signed by a team that is new for the app, and it is not the first build of the app.',
    action:
      'If the team is yours, an admin may pass `--new-team`, or list it (`assay app update ID --team ID …`). If not, somebody else signed the build.',
  },
  team_not_registered: {
    status: 403,
    title: 'The team that signed the IPA is not one of this app',
    meaning: 'A registration key uploaded an IPA signed by a team that is new for the app.',
    action:
      'If the team is yours, add it (`assay app update ID --team ID …`, the whole list), or register this build once with an admin key.',
  },
  provenance_invalid: {
    status: 422,
    title: 'The provenance does not hold for this build',
    meaning:
      '`Assay-Provenance` is not signed by a valid key of this app, is for another service or time, or names another file, build id, version code, base, coverage or ABIs than are being registered. If the key is valid, `errors` says what does not fit.',
    action:
      'Sign what is sent, when it is sent (a statement holds for a day), with a key that `assay key list` shows for this app and that has not expired: `assay build add --provenance-key`. Check the clock of the pipeline.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy is not valid',
    meaning: 'The policy is not valid. `errors` says where, with the code of “Policies”.',
    action: 'Correct the document at that place; `assay explain CODE` says more about its code.',
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
    action: 'Look at the policies (`assay policy list`), or save one (`assay policy set ID FILE`).',
  },
  policy_version_not_found: {
    status: 404,
    title: 'The policy has no such version',
    meaning: 'The policy has no version of this number. A built-in policy has one version.',
    action: 'Look at its versions: `assay policy versions ID`.',
  },
  boot_keys_invalid: {
    status: 422,
    title: 'The list of boot keys cannot be used',
    meaning:
      'The file is no list of boot keys: one JSON object with `verifiedBootKeys` (1 to 256 digests, each of 64 hex digits) and `timestamp` (Unix seconds), 64 KiB at most. `errors` says where. `future`: the timestamp is more than a day ahead. `unlocked`: zeros alone are what phones with an unlocked boot loader state.',
    action: 'Take the file as its maker publishes it; check the clock of the service.',
  },
  boot_keys_digest_mismatch: {
    status: 422,
    title: 'The list of boot keys is another file',
    meaning:
      'The SHA-256 of the file that arrived is not the one that was given with it. Nothing was changed.',
    action:
      'Do not give the digest of this very file instead: get both again, from places that nobody can change together.',
  },
  boot_keys_older: {
    status: 409,
    title: 'A newer list of boot keys is there',
    meaning:
      'The list was published before the one that the service has for this system: an old file would bring back a key that its maker has withdrawn. Nothing was changed.',
    action: 'Get the current file. If the older one is meant: `assay boot-keys update FILE … --older`.',
  },
  boot_keys_full: {
    status: 409,
    title: 'Too many systems have boot keys',
    meaning: 'The service has boot keys of 16 systems.',
    action: 'Remove one (`assay boot-keys remove SYSTEM`), or give the keys of several makers as one list.',
  },
  boot_keys_not_found: {
    status: 404,
    title: 'There are no boot keys of this system',
    meaning: 'No boot keys were given under this name.',
    action: 'Look at the systems: `assay boot-keys list`.',
  },
  audit_entry_not_found: {
    status: 404,
    title: 'The audit log has no such entry',
    meaning: 'The audit log has no entry of this number.',
    action: 'Look at its entries: `assay audit list`.',
  },
  dry_run_running: {
    status: 409,
    title: 'A dry run is under way',
    meaning: 'The service carries out one dry run at a time.',
    action: 'Try again a few seconds later, when it is done.',
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
    action: 'Leave out the kind that `pointer` names.',
  },
  api_exists: {
    status: 409,
    title: 'The API is registered already',
    meaning: 'An API of this audience is registered.',
    action: 'Change it by `assay api update URL …` (`assay api list` shows it), or choose another audience.',
  },
  api_not_found: {
    status: 404,
    title: 'There is no such API',
    meaning: 'No API has this audience.',
    action: 'Look at the registered ones: `assay api list`.',
  },
  shard_not_found: {
    status: 404,
    title: 'There is no such part of the status list',
    meaning:
      'No current status list of the API names a file of this digest. Another node of the service may be ahead of this one, or behind it, for a few seconds.',
    action:
      'Do nothing if this is rare: guards ask again. Otherwise see that the clocks of all nodes are right.',
  },
  key_exists: {
    status: 409,
    title: 'The public key is registered already',
    meaning: 'A key for provenance has this public key.',
    action: 'Remove it first to change its apps; `assay key list` shows it.',
  },
  key_not_found: {
    status: 404,
    title: 'There is no such API key',
    meaning: 'No API key has this id.',
    action: 'Look up the id: `assay key list`.',
  },
  key_last_admin: {
    status: 409,
    title: 'It is the only admin key',
    meaning: 'Without this key nobody could administer the service.',
    action: 'Make another first: `assay key add --scope admin`.',
  },
  development_secret_not_found: {
    status: 404,
    title: 'There is no such development secret',
    meaning: 'No development secret has this id.',
    action: 'Look up the id: `assay development list`.',
  },
  vouching_key_is_batch: {
    status: 409,
    title: 'The vouching key is shared by a batch of devices',
    meaning: 'The attestation key came from the factory, and thousands of devices share it.',
    action: 'Set `batch` (`--batch`) to ban all devices with this key, which is right only for a leaked one.',
  },
  ban_not_found: {
    status: 404,
    title: 'The vouching key is not banned',
    meaning: 'The vouching key is not banned at this app.',
    action: 'Look at the bans: `assay ban list --app APP`.',
  },
  allow_entry_not_found: {
    status: 404,
    title: 'The installation is not on the allow list',
    meaning: 'The allow list of the app has no such entry, or the entry has ended.',
    action: 'Look at the entries: `assay allow list --app APP`.',
  },
  allow_list_full: {
    status: 409,
    title: 'The allow list is full',
    meaning:
      'An app has at most 100 test devices on its allow list at a time, and as many that support has let through.',
    action: 'Remove those that nobody uses: `assay allow remove`. For development, use development tokens.',
  },
  allow_entry_exists: {
    status: 409,
    title: 'The installation is let through already',
    meaning:
      'An operator has put the installation on the allow list of this API, which support does not change.',
    action: 'Nothing is needed; if it is still refused, ask an operator.',
  },
  installation_not_found: {
    status: 404,
    title: 'Nothing is known of such an installation',
    meaning:
      'No installation of the app is remembered, and no trace is kept, under this key, name, trace or reference.',
    action:
      'Check app and API, and that the name is whole. An installation that only measures itself is known by its refusals of the last 30 days.',
  },
  let_through_not_refused: {
    status: 409,
    title: 'The policy has not refused it',
    meaning:
      'The trace is not a refusal of this installation by the policy of this API within the last day: it is older, of another installation, or something before the policy refused, such as a measurement, evidence or a ban.',
    action: 'Take the newest trace. What something before the policy refused, nobody lets through.',
  },
  let_through_code_differs: {
    status: 409,
    title: 'Its code is not the registered one',
    meaning:
      'The release is in its first days, in which code that differs is admitted where hardware vouches for the app. The policy refused the installation all the same, and code that differs is not let through.',
    action:
      'Let the user install the app from its store, and register what the store delivers as a variant of the build: docs/guides/what-stores-do.md.',
  },
  let_through_tier_excluded: {
    status: 409,
    title: 'The app excludes this tier',
    meaning: 'The policy gave the installation a tier that support may not let through at this app.',
    action: 'Ask an operator: `assay app update APP --let-through-tiers`, or `assay allow add`.',
  },
  let_through_spent: {
    status: 429,
    title: 'The key has let ten installations through today',
    meaning: 'A key lets at most ten installations through a day (UTC).',
    action: 'Ask an operator; look at what was let through: `assay allow list --app APP`.',
  },
  span_too_fine: {
    status: 400,
    title: 'Counts are not kept so finely for so long',
    meaning:
      'Counts of attestations are kept per minute for 26 hours and per hour for 35 days, counts of installations per hour for 14 days: before that, a whole day would be shown as if it were one hour.',
    action: 'Ask for less time (`--since`), or by a longer span (`--by day`).',
  },
  trace_not_found: {
    status: 404,
    title: 'Nothing is kept under this trace id',
    meaning:
      "Nothing is kept under this trace: the attestation succeeded, was too long ago, or was refused before its challenge proved genuine, in which case the client's own code says why.",
    action:
      "Have the trace id read out again, of which the last character checks the others; look at the code of the client's error; search the log for the trace id.",
  },
} as const satisfies ProblemTable
