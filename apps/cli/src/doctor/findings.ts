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
    meaning: 'The API key of this very command went over the network unencrypted: whoever listened has it.',
    action: 'Use https, then `assay key remove` the key and make another.',
  },
  DOCTOR_NOT_READY: {
    level: 'fault',
    meaning: 'The service says that it cannot do its work at the moment.',
    action: 'Look into its log: store, disk, or it is just stopping.',
  },
  DOCTOR_TEST_VENDORS: {
    level: 'fault',
    meaning: 'The service believes the test roots of a testkit: anyone can make hardware evidence for it.',
    action: 'Start it without --test-vendors.',
  },
  DOCTOR_DEVELOPMENT_SECRET: {
    level: 'fault',
    meaning:
      'The development secret {id} ({name}) of {app} works: whoever has it gets tokens without appraisal, {uses} so far.',
    action:
      'Keep development on a service of its own, and here `assay development revoke {id}`. Guards of production refuse these tokens in any case.',
  },
  DOCTOR_PUBLIC_URL_PLAIN: {
    level: 'fault',
    meaning:
      'The public URL is http, and the service listens on an address that others reach: evidence and tokens go unencrypted.',
    action: 'Put a proxy with TLS before it, and start it with --public-url https://….',
  },
  DOCTOR_PUBLIC_URL_LOOPBACK: {
    level: 'warning',
    meaning: 'The public URL is of this machine only: good for trying out, out of reach for devices.',
    action: 'Before you expose it: a proxy with TLS, and --public-url https://….',
  },
  DOCTOR_PUBLIC_URL_UNREACHABLE: {
    level: 'fault',
    meaning: 'Nothing answers at the public URL ({url}) as the service does, seen from here: {reason}.',
    action: 'Check DNS, proxy and certificate; devices and guards go there.',
  },
  DOCTOR_PUBLIC_URL_OTHER_SERVICE: {
    level: 'fault',
    meaning: 'What answers at the public URL ({url}) has another issuer or other keys than this service.',
    action: 'Let the proxy lead to this service; or it is an older node, or a cache: wait five minutes.',
  },
  DOCTOR_NO_SIGNING_KEY: {
    level: 'fault',
    meaning: 'The service publishes no key: guards can verify no token.',
    action: 'Look into its log; start it again.',
  },
  DOCTOR_OPERATOR_ENDPOINTS_PUBLIC: {
    level: 'note',
    meaning: 'The endpoints of operators answer at the public URL too; only the API key keeps others out.',
    action:
      'Where operators come from an inner network, let the proxy pass only /v1/challenges, /v1/attestations, /v1/status/ and /.well-known/, and for development /v1/development-tokens.',
  },
  DOCTOR_NO_TRUSTED_PROXY: {
    level: 'warning',
    meaning:
      'TLS ends before the service, and it trusts no proxy: all callers look like one network and share one quota.',
    action: 'Start it with --trusted-proxy ADDRESS of the proxy.',
  },
  DOCTOR_LISTENS_EVERYWHERE: {
    level: 'note',
    meaning: 'It listens on every address of its machine ({host}), with plain http.',
    action: 'Let only the proxy reach the port, or listen on one address with --host.',
  },
  DOCTOR_CLOCK_DIFFERENCE: {
    level: 'warning',
    meaning:
      'The clocks of the service and of this machine differ by {seconds}. Which is wrong is not known.',
    action: 'Set both by NTP: guards refuse tokens that were issued more than 10 s in their future.',
  },
  DOCTOR_EPOCH_LONG: {
    level: 'warning',
    meaning: 'One measurement plan is asked for {seconds}; a device may keep its digest as long.',
    action: 'Start it with --epoch-length of at most 3600.',
  },
  DOCTOR_LOG_QUIET: {
    level: 'warning',
    meaning: 'With log level {level}, malfunctions leave no line.',
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
      'The data folder is on this machine, and at {file} there is no sealing key: without it the service does not start again.',
    action: 'Restore the file from its backup, or name where it is with --sealing-key-file.',
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
    meaning: 'The registration key {name} names no app that is left: it can do nothing.',
    action: '`assay key remove {key}`.',
  },
  DOCTOR_KEY_OLD: {
    level: 'note',
    meaning: 'The API key {name} is older than a year.',
    action: 'Make another, change to it, then `assay key remove {key}`.',
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
    meaning: 'No API lists the app {app}: it can ask for no token.',
    action: '`assay api add URL --app {app} --tier …`.',
  },
  DOCTOR_NO_MINIMUM_VERSION: {
    level: 'note',
    meaning: 'The app {app} has no minimum version: every registered build stays good until it is retired.',
    action: '`assay app update {app} --min-version-code NUMBER`, or retire old builds.',
  },
  DOCTOR_APP_WITHOUT_HARDWARE: {
    level: 'warning',
    meaning:
      'The app {app} sends no hardware evidence: whoever runs the SDK over a copy of it, without a phone, is let through where warning is accepted.',
    action: '`assay app update {app} --evidence FILE`; `assay app evidence` shows settings to start from.',
  },
  DOCTOR_EVIDENCE_DEVELOPMENT: {
    level: 'warning',
    meaning: 'The app {app} accepts evidence ({kind}) of builds that no store released.',
    action: 'Accept released builds only; register an app of its own for development.',
  },
  DOCTOR_SIGNERS_UNCONFIRMED: {
    level: 'fault',
    meaning:
      'An upgrade took every certificate that builds of {app} were registered with for what the store signs with: {signers}. Each vouches for every build.',
    action:
      '`assay app update {app} --store-signer SHA256` with what the Play Console shows as app signing key, or --no-store-signer where phones get the files that you register.',
  },
  DOCTOR_NO_SIGNER: {
    level: 'fault',
    meaning:
      'The app {app} is registered for evidence that names its signer, and the build {build} has none that counts: none of its devices gets a token.',
    action: '`assay app update {app} --store-signer SHA256` with what the store signs with.',
  },
  DOCTOR_UPLOAD_KEY_COUNTS: {
    level: 'warning',
    meaning:
      'The store signs the app {app}, and the build {build} is signed with another key, which counts for the evidence of that build too.',
    action:
      'If it is the upload key: `assay app update {app} --upload-signer SHA256`. If phones get that file from elsewhere, leave it.',
  },
  DOCTOR_EVIDENCE_MISSING: {
    level: 'warning',
    meaning:
      'The app {app} is registered for {kind}, and {count} of its {total} installations that were seen lately have sent none: their results are warning at best, at the latest when their evidence is 30 days old.',
    action:
      'Release a version that sends it. For phones that cannot: `assay app update {app} --optional-evidence {kind}`.',
  },
  DOCTOR_EVIDENCE_OPTIONAL: {
    level: 'note',
    meaning:
      'Devices of {app} need not send {kind}: whoever leaves it out loses nothing, and hides what it would tell. {count} of its {total} installations that were seen lately have sent none.',
    action:
      'If few of them are worth the gap: `assay app update {app} --no-optional-evidence`, or name only the kinds that stay optional.',
  },
  DOCTOR_EVIDENCE_NOT_JUDGED: {
    level: 'warning',
    meaning:
      'The app {app} sends platform evidence, and its policy for {api} is software-only: it counts for nothing.',
    action: 'Give app or API a policy that judges it: balanced, strict, or your own.',
  },
  DOCTOR_TIER_OUT_OF_REACH: {
    level: 'warning',
    meaning:
      'The API {api} accepts affirming only, which devices of {app} never reach: software measurement is warning at best.',
    action: 'Accept `warning` for it, or let the app send platform evidence.',
  },
  DOCTOR_GOOGLE_CREDENTIALS_MISSING: {
    level: 'warning',
    meaning:
      'The app {app} sends evidence ({kind}) that only the vendor decodes, and the service has no Google service account to have it decoded: each attestation with such evidence fails.',
    action:
      'Start the service with --google-credentials FILE, or set the evidence so that it is verified with keys of the app.',
  },
  DOCTOR_NO_PROBES: {
    level: 'note',
    meaning: 'The app {app} is asked no probes: automation, debuggers and hooks go unnoticed.',
    action:
      'Ask those that no released app trips: `assay app update {app} --probe js.automation js.crypto js.debugger js.replaced`; on Android also android.automation, android.debugger and android.hooks, on iOS ios.debugger, ios.hooks, ios.injected and ios.simulator.',
  },
  DOCTOR_BUILD_DEBUGGABLE: {
    level: 'fault',
    meaning: 'The build {build} of {app} is debuggable: anyone can attach a debugger to it.',
    action: '`assay build retire {build} --app {app}`; keep debug builds in an app of their own.',
  },
  DOCTOR_BUILD_DEBUG_CERTIFICATE: {
    level: 'fault',
    meaning:
      'The build {build} of {app} is signed with a debug or public test certificate, whose key anyone may have.',
    action: 'Register the build that the store delivers, then `assay build retire {build} --app {app}`.',
  },
  DOCTOR_BUILD_TEST_ONLY: {
    level: 'warning',
    meaning: 'The build {build} of {app} is marked testOnly: no store has it.',
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
      'Nothing, if its SDK is not JavaScript. Otherwise check that the released file is the registered one.',
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
      'Of build {build} of {app} only the scripts are measured: its other code could be changed unseen.',
    action: 'Register it with --coverage image, if the reader in it reaches everything.',
  },
  DOCTOR_BUILD_UNUSED: {
    level: 'note',
    meaning: 'The build {build} of {app} may attest, and has not been seen for {days} days.',
    action: '`assay build retire {build} --app {app}`, if nobody has it any more.',
  },
  DOCTOR_BUILD_ALWAYS_REFUSED: {
    level: 'warning',
    meaning:
      'The build {build} of {app} was refused {count} times in the last 7 days, mostly with {code}, and has never passed.',
    action: 'Is the released file the registered one? `assay build diff {build} --file FILE --app {app}`.',
  },
  DOCTOR_NO_API: {
    level: 'note',
    meaning: 'No API is registered: no token is issued for anything.',
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
      'The API {api} accepts the tier contraindicated: also devices of which the evidence says that something is wrong.',
    action: '`assay api update {api} --tier affirming`, and `warning` too where software evidence must do.',
  },
  DOCTOR_STORE_SLOW: {
    level: 'warning',
    meaning: 'One write to the database took {milliseconds} ms: attestations of phones wait for it.',
    action: 'Look at the disk, or at the database server and the way to it.',
  },
  DOCTOR_STORE_TIMEOUTS: {
    level: 'warning',
    meaning:
      'The database gave no answer in time, or lost the connection, {count} times within the last hour: those who waited for it got 503.',
    action: 'Look at the load of the database server, at locks that are held for long, and at the way to it.',
  },
  DOCTOR_CACHE_FULL: {
    level: 'warning',
    meaning:
      'The cache `{cache}` is {percent} % full. Where `used_challenges` is full, attestations get 503; plans and digests that have gone are made again, which takes CPU.',
    action: 'Retire builds that nobody uses any more, or add a node.',
  },
  DOCTOR_DISK_LOW: {
    level: 'warning',
    meaning:
      'The disk of the data folder has {megabytes} MB left: when it is full, nothing new is remembered.',
    action: 'Make room, or move the data folder.',
  },
  DOCTOR_POLICY_NEVER_PASSES: {
    level: 'warning',
    meaning:
      'No device of {app} can ever get a token for the API {api}: its platform has no hardware evidence, and its measurement alone is worth too little under the policy.',
    action:
      '`assay app update {app} --policy software-only`, and accept `warning` at the API; or take the app off the API.',
  },
  DOCTOR_API_OBSERVES: {
    level: 'warning',
    meaning:
      'The API {api} is in observe: it is told what would be refused, and refuses nobody for the tier.',
    action: 'When the log shows no genuine users any more: `assay api update {api} --enforcement enforce`.',
  },
  DOCTOR_API_BEARER: {
    level: 'warning',
    meaning: 'Tokens for the API {api} are bearer tokens: whoever copies one can use it until it expires.',
    action: '`assay api update {api} --mode bound`, unless a gateway cannot verify proofs.',
  },
  DOCTOR_API_PLAIN: {
    level: 'fault',
    meaning: 'The API {api} is called by http: tokens, proofs and answers go unencrypted.',
    action: 'Serve it by https, and register it under that URL.',
  },
  DOCTOR_ORIGIN_PLAIN: {
    level: 'fault',
    meaning:
      'Pages of {origin} may attest for {api}, and http pages can be changed by whoever is on the way.',
    action:
      'Serve the page by https, and name that origin: `assay api update {api} --origin …`, the whole list.',
  },
  DOCTOR_ORIGIN_LOOPBACK: {
    level: 'warning',
    meaning: 'Pages of {origin} may attest for {api}: the address of a developer, on every machine.',
    action:
      'Take it off: `assay api update {api} --origin …` with the origins that stay, or `--no-origin` where none does.',
  },
} as const satisfies CodeTable<{ level: FindingLevel }>

export type FindingCode = keyof typeof findings

export interface Finding {
  code: FindingCode
  level: FindingLevel
  /** What it is about: names that are in its texts. */
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
