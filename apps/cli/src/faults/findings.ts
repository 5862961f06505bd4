import type { CodeTable } from '@assay/protocol'

/** Severity of a finding: a fault must be fixed before other machines may reach the service. */
export type FindingLevel = 'fault' | 'warning' | 'note'

/**
 * Everything that `assay doctor` can find: the service first, then keys, apps, builds and APIs. Names in braces stand
 * for what a finding is about.
 */
export const findings = {
  DOCTOR_KEY_UNENCRYPTED: {
    level: 'fault',
    meaning: 'The API key of this very command crossed the network unencrypted: whoever listened has it.',
    action: 'Use https, then `assay key remove` the key and make another.',
  },
  DOCTOR_NOT_READY: {
    level: 'fault',
    meaning: 'The service cannot do its work at the moment: {reason}.',
    action: 'Act on that fault: {remedy}.',
  },
  DOCTOR_REQUESTS_UNSERVED: {
    level: 'warning',
    meaning: 'In the last 24 hours {count} requests were answered with 429 or 503: {code}.',
    action: '`assay explain {code}` names the option that helps, if these are callers of yours.',
  },
  DOCTOR_BUILD_NOT_REGISTERED: {
    level: 'warning',
    meaning:
      'Within {minutes} minutes devices in {networks} networks named the build {build} of {app}, which is not registered: they get no token.',
    action:
      'If you released it, register the released file: `assay build add FILE --app {app}`. If not, somebody makes it up, and nothing need be done.',
  },
  DOCTOR_BUILD_PENDING: {
    level: 'warning',
    meaning:
      'Within {minutes} minutes devices in {networks} networks named the build {build} of {app}, which waits for an admin: they get no token.',
    action: 'If you released it: `assay build activate {build} --app {app}`.',
  },
  DOCTOR_TEST_VENDORS: {
    level: 'fault',
    meaning: 'The service trusts the test roots of a testkit: anyone can make hardware evidence for it.',
    action: 'Start it without --test-vendors.',
  },
  DOCTOR_DEVELOPMENT_SECRET: {
    level: 'fault',
    meaning:
      'The development secret {id} ({name}) of {app} works: whoever has it gets tokens without appraisal, {uses} so far.',
    action:
      'Keep development on a separate service, and revoke the secret here: `assay development revoke {id}`. Production guards refuse these tokens in any case.',
  },
  DOCTOR_PUBLIC_URL_PLAIN: {
    level: 'fault',
    meaning:
      'The public URL is http, and the service listens on an address that others reach: evidence and tokens travel unencrypted.',
    action: 'Put a proxy with TLS in front of it, and start it with --public-url https://….',
  },
  DOCTOR_PUBLIC_URL_LOOPBACK: {
    level: 'warning',
    meaning: 'The public URL leads to this machine only: fine for trying out, out of reach for devices.',
    action: 'Before you expose it, put a proxy with TLS in front of it, and set --public-url https://….',
  },
  DOCTOR_PUBLIC_URL_UNREACHABLE: {
    level: 'fault',
    meaning: 'Seen from here, nothing at the public URL ({url}) answers as the service does: {reason}.',
    action: 'Check DNS, proxy and certificate: devices and guards use this URL.',
  },
  DOCTOR_PUBLIC_URL_OTHER_SERVICE: {
    level: 'fault',
    meaning: 'What answers at the public URL ({url}) has another issuer or other keys than this service.',
    action: 'Point the proxy to this service; if an older node or a cache answered, wait five minutes.',
  },
  DOCTOR_NO_SIGNING_KEY: {
    level: 'fault',
    meaning: 'The service publishes no key, so guards cannot verify any token.',
    action: 'Look at its log, and restart it.',
  },
  DOCTOR_OPERATOR_ENDPOINTS_PUBLIC: {
    level: 'note',
    meaning: 'The operator endpoints answer at the public URL too; only the API key keeps others out.',
    action:
      'If operators come from an internal network, let the proxy pass only /v1/challenges, /v1/attestations, /v1/status/ and /.well-known/, and for development /v1/development-tokens.',
  },
  DOCTOR_NO_TRUSTED_PROXY: {
    level: 'warning',
    meaning:
      'TLS ends before the service, and it trusts no proxy: all callers look like one network and share one quota.',
    action: 'Start it with --trusted-proxy ADDRESS of the proxy.',
  },
  DOCTOR_LISTENS_EVERYWHERE: {
    level: 'note',
    meaning: 'The service listens on every address of its machine ({host}), with plain http.',
    action: 'Let only the proxy reach the port, or listen on one address with --host.',
  },
  DOCTOR_CLOCK_DIFFERENCE: {
    level: 'warning',
    meaning: 'The clocks of the service and of this machine differ by {seconds}; either may be wrong.',
    action: 'Set both by NTP: guards refuse tokens that were issued more than 10 s in their future.',
  },
  DOCTOR_EPOCH_LONG: {
    level: 'warning',
    meaning: 'One measurement plan is used for {seconds}; a device may keep its digest as long.',
    action: 'Start it with --epoch-length of at most 3600.',
  },
  DOCTOR_LOG_QUIET: {
    level: 'warning',
    meaning: 'At log level {level}, malfunctions leave no line.',
    action: 'Start it with --log-level info, or at least error.',
  },
  DOCTOR_SEALING_KEY_INSIDE: {
    level: 'fault',
    meaning:
      'The sealing key lies inside the data folder: whoever copies or backs up the folder has the key.',
    action: 'Move it elsewhere and name it with --sealing-key-file.',
  },
  DOCTOR_SEALING_KEY_MISSING: {
    level: 'fault',
    meaning:
      'The data folder is on this machine, but there is no sealing key at {file}: without it the service cannot restart.',
    action: 'Restore the file from its backup, or give its path with --sealing-key-file.',
  },
  DOCTOR_SEALING_KEY_READABLE: {
    level: 'fault',
    meaning: 'Other users of the machine may read the sealing key ({file}).',
    action: '`chmod 600 {file}`.',
  },
  DOCTOR_DATA_FOLDER_READABLE: {
    level: 'warning',
    meaning: 'Other users of the machine may look into the data folder ({folder}).',
    action: '`chmod 700 {folder}`.',
  },
  DOCTOR_FIRST_ADMIN_KEY: {
    level: 'warning',
    meaning: 'The first admin key still works: it was shown, written to a file, or configured.',
    action: 'Make one per person: `assay key add --name NAME --scope admin`, then `assay key remove {key}`.',
  },
  DOCTOR_NO_PIPELINE_KEY: {
    level: 'note',
    meaning:
      'No registration key exists: release pipelines can only use an admin key, which may do everything.',
    action: '`assay key add --name "release pipeline" --scope registration --app APP`.',
  },
  DOCTOR_KEY_WITHOUT_APPS: {
    level: 'warning',
    meaning: 'The registration key {name} names no app that still exists: it can do nothing.',
    action: '`assay key remove {key}`.',
  },
  DOCTOR_KEY_OLD: {
    level: 'note',
    meaning: 'The API key {name} is older than a year.',
    action: 'Make another, switch to it, then `assay key remove {key}`.',
  },
  DOCTOR_KEY_ENDS_SOON: {
    level: 'warning',
    meaning: 'The API key {name} ends in {days} days: whoever uses it is refused from then on.',
    action: 'Make another (`assay key add`), and switch to it.',
  },
  DOCTOR_NO_APP: {
    level: 'note',
    meaning: 'No app is registered: nobody gets a token.',
    action: '`assay app add ID --platform …`.',
  },
  DOCTOR_APP_WITHOUT_BUILD: {
    level: 'warning',
    meaning: 'The app {app} has no build that may attest.',
    action: '`assay build add FILE --app {app}`.',
  },
  DOCTOR_APP_WITHOUT_API: {
    level: 'note',
    meaning: 'No API lists the app {app}: it cannot get any token.',
    action: '`assay api add URL --app {app} --tier …`.',
  },
  DOCTOR_NO_MINIMUM_VERSION: {
    level: 'note',
    meaning: 'The app {app} has no minimum version: every registered build stays valid until it is retired.',
    action: '`assay app update {app} --min-version-code NUMBER`, or retire old builds.',
  },
  DOCTOR_APP_WITHOUT_HARDWARE: {
    level: 'warning',
    meaning:
      'The app {app} sends no hardware evidence: whoever runs the SDK over a copy of it, without a phone, is let through where warning is admitted.',
    action: '`assay app update {app} --evidence FILE`; `assay app evidence` shows settings to start from.',
  },
  DOCTOR_EVIDENCE_DEVELOPMENT: {
    level: 'warning',
    meaning: 'The app {app} accepts evidence ({kind}) from builds that no store released.',
    action: 'Accept released builds only; register a separate app for development.',
  },
  DOCTOR_NO_SIGNER: {
    level: 'fault',
    meaning:
      'The app {app} is registered for evidence that names its signer, but the build {build} has no signer that counts: none of its devices gets a token.',
    action: '`assay app update {app} --store-signer SHA256` with what the store signs with.',
  },
  DOCTOR_UPLOAD_KEY_COUNTS: {
    level: 'warning',
    meaning:
      'The store signs the app {app}, but the build {build} is signed with another key, which counts for the evidence of that build too.',
    action:
      'If it is the upload key: `assay app update {app} --upload-signer SHA256`. If phones get that file from elsewhere, leave it as it is.',
  },
  DOCTOR_EVIDENCE_MISSING: {
    level: 'warning',
    meaning:
      'The app {app} is registered for {kind}, but {count} of its {total} recently seen installations have sent none: their results are warning at best, at the latest when their evidence is 30 days old.',
    action:
      'Release a version that sends it. For phones that cannot: `assay app update {app} --optional-evidence {kind}`.',
  },
  DOCTOR_EVIDENCE_OPTIONAL: {
    level: 'note',
    meaning:
      'Devices of {app} need not send {kind}: whoever leaves it out loses nothing, and hides what it would tell. {count} of its {total} recently seen installations have sent none.',
    action:
      'If these are too few to be worth the gap: `assay app update {app} --no-optional-evidence`, or name only the kinds that stay optional.',
  },
  DOCTOR_EVIDENCE_NOT_JUDGED: {
    level: 'warning',
    meaning:
      'The app {app} sends platform evidence, but its policy for {api} is software-only: the evidence counts for nothing.',
    action: 'Give the app or the API a policy that judges it: balanced, strict, or your own.',
  },
  DOCTOR_TIER_OUT_OF_REACH: {
    level: 'warning',
    meaning:
      'The API {api} admits affirming only, which devices of {app} never reach: software measurement is warning at best.',
    action: 'Admit `warning` for it, or let the app send platform evidence.',
  },
  DOCTOR_GOOGLE_CREDENTIALS_MISSING: {
    level: 'warning',
    meaning:
      'The app {app} sends evidence ({kind}) that only the vendor can decode, but the service has no Google service account for that: each attestation with such evidence fails.',
    action:
      'Start the service with --google-credentials FILE, or configure the evidence to be verified with keys of the app.',
  },
  DOCTOR_NO_PROBES: {
    level: 'note',
    meaning: 'The app {app} is asked no probes: automation, debuggers and hooks go unnoticed.',
    action:
      'Turn on those that no released app trips: `assay app update {app} --probe js.automation js.crypto js.debugger js.replaced`; on Android also android.automation, android.debugger and android.hooks, on iOS ios.debugger, ios.injected and ios.simulator.',
  },
  DOCTOR_BUILD_DEBUGGABLE: {
    level: 'fault',
    meaning: 'The build {build} of {app} is debuggable: anyone can attach a debugger to it.',
    action: '`assay build retire {build} --app {app}`; keep debug builds in a separate app.',
  },
  DOCTOR_BUILD_DEBUG_CERTIFICATE: {
    level: 'fault',
    meaning:
      'The build {build} of {app} is signed with a debug or public test certificate, whose key anyone may have.',
    action: 'Register the build that the store delivers, then `assay build retire {build} --app {app}`.',
  },
  DOCTOR_BUILD_TEST_ONLY: {
    level: 'warning',
    meaning: 'The build {build} of {app} is marked testOnly: no store distributes it.',
    action: '`assay build retire {build} --app {app}`.',
  },
  DOCTOR_BUILD_V1_ONLY: {
    level: 'warning',
    meaning: 'The build {build} of {app} is signed with scheme v1 only, which does not cover the whole file.',
    action: 'Sign releases with scheme v2 or later.',
  },
  DOCTOR_BUILD_WITHOUT_SDK: {
    level: 'warning',
    meaning:
      'No Assay SDK was found in the scripts of build {build} of {app}: it is measured without live code and probes.',
    action:
      'Do nothing if its SDK is not JavaScript. Otherwise check that the released file is the registered one.',
  },
  DOCTOR_BUILD_SDK_INCOMPLETE: {
    level: 'warning',
    meaning:
      'Not all functions of the SDK were found in build {build} of {app}: it is measured without live code and probes.',
    action: 'Update the older of SDK and service; keep minifiers from changing the SDK.',
  },
  DOCTOR_BUILD_SCRIPTS_ONLY: {
    level: 'note',
    meaning:
      'Only the scripts of build {build} of {app} are measured: its other code could be changed unnoticed.',
    action: 'Register it with --coverage image, if its reader reaches everything.',
  },
  DOCTOR_BUILD_UNUSED: {
    level: 'note',
    meaning: 'The build {build} of {app} may attest, but has not been seen for {days} days.',
    action: '`assay build retire {build} --app {app}`, if nobody has it any more.',
  },
  DOCTOR_BUILD_EXPIRES_SOON: {
    level: 'warning',
    meaning:
      'The build {build} of {app} expires in {days} days, and {count} attestations named it on the last day: from then on its users get no tokens.',
    action:
      'Let users update, or extend it: `assay build update {build} --app {app} --expires 90d`. With few attestations it may end.',
  },
  DOCTOR_BUILD_ALWAYS_REFUSED: {
    level: 'warning',
    meaning:
      'The build {build} of {app} was refused {count} times in the last 7 days, mostly with {code}, and has never passed.',
    action:
      'Check that the released file is the registered one: `assay build diff {build} --file FILE --app {app}`.',
  },
  DOCTOR_NO_API: {
    level: 'note',
    meaning: 'No API is registered, so no token can be issued.',
    action: '`assay api add URL --app APP --tier …`.',
  },
  DOCTOR_API_WITHOUT_APP: {
    level: 'warning',
    meaning: 'No app may call the API {api}: nobody gets a token for it.',
    action: '`assay api update {api} --app APP`, or `assay api remove {api}`.',
  },
  DOCTOR_API_ADMITS_CONTRAINDICATED: {
    level: 'warning',
    meaning:
      'The API {api} admits the tier contraindicated: it lets in devices whose evidence shows that something is wrong.',
    action: '`assay api update {api} --tier affirming`, and `warning` too if software evidence must suffice.',
  },
  DOCTOR_STORE_SLOW: {
    level: 'warning',
    meaning: 'One write to the database took {milliseconds} ms: attestations by phones wait for it.',
    action: 'Look at the disk, or at the database server and the network to it.',
  },
  DOCTOR_STORE_TIMEOUTS: {
    level: 'warning',
    meaning:
      'The database did not answer in time, or lost the connection, {count} times within the last hour: requests that waited for it got 503.',
    action: 'Look at the load of the database server, at long-held locks, and at the network to it.',
  },
  DOCTOR_CACHE_FULL: {
    level: 'warning',
    meaning:
      'The cache `{cache}` is {percent} % full. When `used_challenges` is full, attestations get 503; evicted plans and digests are made again, which takes CPU.',
    action: 'Retire builds that nobody uses any more, or add a node.',
  },
  DOCTOR_VENDOR_LIST_UNUSABLE: {
    level: 'fault',
    meaning:
      'The service has no status list of Google that still counts, and cannot read it ({code}): every attestation with Android hardware evidence gets 503.',
    action: '`assay explain {code}`. Devices come again by themselves once the list can be read.',
  },
  DOCTOR_VENDOR_LIST_OLD: {
    level: 'warning',
    meaning:
      'The service cannot read the status list of Google ({code}), and uses the one of {read_at}: attestations go on until {until}, without what has been revoked since.',
    action: '`assay explain {code}`.',
  },
  DOCTOR_STATUS_LIST_LONG: {
    level: 'note',
    meaning:
      'The status list of {api} names {names} installations that were banned within 25 minutes: {megabytes} MB in {shards} files, which each guard holds in memory, and of which it fetches those that change.',
    action:
      'Do nothing if somebody is meant to ban that many. Otherwise `assay audit list` shows who does; a guard without `/v1/status/API/DIGEST` at its proxy answers 503.',
  },
  DOCTOR_DISK_LOW: {
    level: 'warning',
    meaning:
      'The disk of the data folder has {megabytes} MB left: when it is full, the service can store nothing new.',
    action: 'Make room, or move the data folder.',
  },
  DOCTOR_POLICY_NEVER_PASSES: {
    level: 'warning',
    meaning:
      'No device of {app} can ever get a token for the API {api}: its platform has no hardware evidence, and its measurement alone is worth too little under the policy.',
    action:
      '`assay app update {app} --policy software-only`, and admit `warning` at the API; or take the app off the API.',
  },
  DOCTOR_BOOT_KEYS_MISSING: {
    level: 'warning',
    meaning:
      'The policy {policy} of {app} lets in systems whose boot keys were given, but none were: phones with such a system are refused as under balanced.',
    action:
      '`assay boot-keys update FILE --system NAME --source URL --sha256 HEX`; the guide “Phones without Google” says where to get them.',
  },
  DOCTOR_BOOT_KEYS_OLD: {
    level: 'warning',
    meaning:
      'The boot keys of {system} were published {days} days ago: phones that came out since are refused, and a key that its maker has withdrawn is let in.',
    action: 'Get the current list from {source}, and `assay boot-keys update FILE --system {system} …`.',
  },
  DOCTOR_CERTIFICATION_REQUIRED: {
    level: 'warning',
    meaning:
      'The policy {policy} of {app} lets in systems that its vendor did not certify, but the app requires {kind}, which these phones cannot give: they are warning at best without it, and may be denied with it.',
    action:
      '`assay app update {app} --optional-evidence {kind}`, and name there what else is optional; or take {kind} out of its evidence.',
  },
  DOCTOR_API_OBSERVES: {
    level: 'warning',
    meaning:
      'The API {api} is in observe: its guard reports what it would refuse, and refuses nobody for the tier.',
    action: 'When the log no longer shows genuine users: `assay api update {api} --enforcement enforce`.',
  },
  DOCTOR_API_BEARER: {
    level: 'warning',
    meaning: 'Tokens for the API {api} are bearer tokens: whoever copies one can use it until it expires.',
    action: '`assay api update {api} --mode bound`, unless a gateway cannot verify proofs.',
  },
  DOCTOR_API_PLAIN: {
    level: 'fault',
    meaning: 'The API {api} is called over http: tokens, proofs and answers travel unencrypted.',
    action: 'Serve it over https, and register it under that URL.',
  },
  DOCTOR_ORIGIN_PLAIN: {
    level: 'fault',
    meaning: 'Pages of {origin} may attest for {api}, but anyone on the network path can change http pages.',
    action:
      'Serve the page over https, and name that origin: `assay api update {api} --origin …`, the whole list.',
  },
  DOCTOR_ORIGIN_LOOPBACK: {
    level: 'warning',
    meaning:
      'Pages of {origin} may attest for {api}: it is a developer address, which exists on every machine.',
    action:
      'Remove it: `assay api update {api} --origin …` with the remaining origins, or `--no-origin` if none remains.',
  },
} as const satisfies CodeTable<{ level: FindingLevel }>

export type FindingCode = keyof typeof findings

export interface Finding {
  code: FindingCode
  level: FindingLevel
  /** What it is about: the names in its texts. */
  about: Readonly<Record<string, string>>
  meaning: string
  action: string
}

export function finding(code: FindingCode, about: Readonly<Record<string, string>> = {}): Finding {
  const { level, meaning, action } = findings[code]
  return { code, level, about, meaning: fill(meaning, about), action: fill(action, about) }
}

function fill(text: string, about: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => about[name] ?? whole)
}
