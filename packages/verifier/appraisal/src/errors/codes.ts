import type { CodeTable } from '@assay/protocol'

/** Why there is no verdict: tier `none`. */
export const undecidedCodes = {
  NO_EVIDENCE: {
    meaning: 'Nothing was verified. Tier `none`.',
    action: 'Report it: the service should have denied the attestation earlier.',
  },
  EVIDENCE_REPEATED: {
    meaning: 'Two pieces have one format, so it is undecided which counts. Tier `none`.',
    action: 'Let the client send each format once.',
  },
  POLICY_EMPTY: {
    meaning: 'The policy requires nothing or has no rule. Tier `none`.',
    action: 'Give the policy requirements and rules.',
  },
  REQUIRED_CLAIM_MISSING: {
    meaning: 'The policy requires a claim that the evidence does not make. Tier `none`.',
    action: 'Find out why the evidence or the check was left out, or require less.',
  },
  REQUIRED_CLAIM_NOT_AFFIRMING: {
    meaning: 'A required claim has a value that the policy does not accept. Tier `none`.',
    action: 'Decide whether the value is acceptable; if it is, change the policy.',
  },
  RULE_FAILED: {
    meaning: 'A rule of the policy could not be evaluated. Tier `none`.',
    action: 'Correct the rule.',
  },
  NO_RULE_MATCHED: {
    meaning: 'No rule says anything about these claims. Tier `none`.',
    action: 'Add a rule for them.',
  },
} as const satisfies CodeTable

/** The basis of a verdict: the reasons that a rule of any scheme may give, also those that only one gives (ADR 11). */
export const ruleReasonCodes = {
  SOFTWARE_ONLY: {
    meaning:
      'The evidence is software measurement only: no hardware vouches for app or device. Tier `warning`.',
    action: 'Accept `warning` at the API, or ask for more evidence.',
  },
  DEBUGGABLE_BUILD: {
    meaning: 'The build is debuggable, but was registered nevertheless.',
    action: 'Retire it (`assay build retire`), unless it is meant for development.',
  },
  LIVE_CODE_NOT_COMPARED: {
    meaning:
      "The SDK's functions were not compared as the engine shows them: it shows none, or was not asked.",
    action: 'Do nothing on Hermes, which shows none. Otherwise look at the warnings of `assay build show`.',
  },
  AUTOMATION: {
    meaning: 'The app is driven by automation. Tier `contraindicated`.',
    action: 'Refuse it; it is usually a bot or a test farm.',
  },
  DEBUGGER: {
    meaning:
      'A debugger is attached, or the build is made for one: `contraindicated`. A panel is docked to the browser window: `warning`.',
    action: 'Refuse it, and ship release builds only.',
  },
  CRYPTO_HOOKED: {
    meaning: "Functions of the platform's cryptography are hooked or replaced. Tier `contraindicated`.",
    action:
      'Refuse it; it is usually tampering. In your own app, load the SDK before whatever replaces them.',
  },
  FUNCTIONS_REPLACED: {
    meaning: 'Functions of the language are hooked or replaced, as polyfills do too.',
    action: 'Do nothing if your app has polyfills; otherwise find out what replaces them.',
  },
  NETWORK_WRAPPED: {
    meaning: 'Functions for requests are wrapped, as monitoring does too.',
    action: 'Do nothing if your app has monitoring; otherwise find out what wraps them.',
  },
  EMULATOR: {
    meaning: 'The app shows signs of an emulator or a virtual device.',
    action: 'Do nothing on test devices; refuse it elsewhere.',
  },
  CODE_INJECTED: {
    meaning:
      "The process runs code that is not the app's: a hooking framework, a library from elsewhere, patched functions.",
    action: 'Find out which; protectors and hot fixers do some of it too, and then it is a warning.',
  },
  DEVICE_ROOTED: {
    meaning: 'The device shows signs of root or a jailbreak.',
    action: 'Accept `warning` or not, or do not ask for the probe: some users choose this.',
  },
  APP_CLONED: {
    meaning: 'The app runs inside another one, such as an app cloner.',
    action: 'Accept `warning` or not, or do not ask for the probe: some users choose this.',
  },
  PROBE_UNANSWERED: {
    meaning: 'A probe was asked and did not answer: it threw, was late, or gave a malformed answer.',
    action: 'Do nothing if this is rare. If one build is affected, correct its probe.',
  },
  // Any hardware evidence
  EVIDENCE_MISSING: {
    meaning:
      'The client left out evidence of a kind that the app is registered for. Tier `warning` at best, whatever the policy says.',
    action:
      'Find out what the app sends: leaving evidence out is how bans and limits are evaded. For phones that cannot send it: `assay app update ID --optional-evidence KIND`.',
  },
  HARDWARE_EVIDENCE_MISSING: {
    meaning:
      "The policy asks for evidence of the platform's hardware, but there is none. Tier `contraindicated`.",
    action:
      'Check that the app is configured to send it; devices without secure hardware cannot. Web and Node apps have none: give them `software-only`.',
  },
  HARDWARE_EVIDENCE_OLD: {
    meaning: 'There is hardware evidence, but none of it is recent enough.',
    action:
      "Wait for the next enrolment, which renews it. If this persists, look at what the SDK's evidence source reports.",
  },
  ENROLMENTS_MANY: {
    meaning: 'The key of one device vouches for many new installation keys a day.',
    action:
      "Find out whether it is a broker or a test device. The limit in the app's evidence settings stops it for good.",
  },
  SOFTWARE_DIFFERS: {
    meaning:
      'The code differs from the registered build, in the first days of its release; hardware vouches for package, signer and version code. At most `warning`, whatever the policy says.',
    action:
      'Find out what the store delivers (`assay build diff`), and register it (`assay build add --variant`) before the first days end.',
  },
  HOLDER_KEY_NOT_IN_HARDWARE: {
    meaning:
      'The app requires that hardware holds the installation key itself (`holder_key: hardware`), but another key was enrolled. At most `warning`, whatever the policy says.',
    action:
      'Enrol with one key, as the Android SDK does by itself. Phones on which that fails get `warning`: accept it, or set `holder_key` to `vouched`.',
  },
  DEVELOPMENT_ENVIRONMENT: {
    meaning: 'The evidence comes from a development environment, or the app is signed for development.',
    action: 'Do nothing on test devices; otherwise accept `production` only.',
  },
  APP_SIGNATURE_UNUSUAL: {
    meaning:
      "The system classified the app's signature as one that no released app has (with `strict` also TestFlight).",
    action: 'Refuse it; it is usually a re-signed app.',
  },
  RISK_NOT_ASSESSED: {
    meaning:
      'The policy needs to know how many keys the app has attested on the device, but Apple has not said so yet. The service asks after each enrolment; the answer counts from the next refresh on.',
    action:
      'Do nothing right after an enrolment. If this persists, give the service a DeviceCheck key (`assay app secret ID devicecheck-key FILE`), and look at its log.',
  },
  DEVICE_ATTESTS_MANY_KEYS: {
    meaning: 'Apple counts more keys of this app on the device, within 30 days, than the policy accepts.',
    action: 'Ban its key if the device vouches for many others; raise the limit for a test device.',
  },
  // Attested keys
  KEY_IN_SOFTWARE: {
    meaning: 'The attested Android key, or the key that attests it, is held by software.',
    action: 'Refuse it: nothing vouches for an emulator or a very old device.',
  },
  BOOT_LOADER_UNLOCKED: {
    meaning: 'The boot loader of the device is unlocked.',
    action: 'Do nothing, or allow it in your own policy.',
  },
  BOOT_SELF_SIGNED: {
    meaning: "The system was verified by a key of the device's owner, as GrapheneOS is, for example.",
    action: 'Allow the verified-boot keys of systems that you trust: docs/policies.md.',
  },
  BOOT_NOT_VERIFIED: {
    meaning: 'The system was not verified, or its verification failed.',
    action: 'Refuse it: anything that runs there may have been changed.',
  },
  PATCH_LEVEL_OLD: {
    meaning: 'The patch level of the system is more than 12 months old, or not stated.',
    action: 'Decide whether such devices may be used, and accept `warning` if they may.',
  },
  DEVICE_REPORTED_LOST: { meaning: 'The device reported itself lost.', action: 'Tell the user, if you can.' },
  CERTIFICATES_MANY: {
    meaning: 'The device got an unusual number of attestation certificates, as devices of farms do.',
    action: "Look at the device's other attestations.",
  },
  // Verdicts of an app store
  APP_NOT_RECOGNISED: {
    meaning: 'Google does not recognise the installed app, or did not evaluate it.',
    action: 'Give an app that is distributed elsewhere its own policy. Otherwise the app was changed.',
  },
  APP_NOT_LICENSED: {
    meaning: 'The user did not get the app from Play.',
    action: 'Do nothing, or allow it in your own policy if the app is distributed elsewhere too.',
  },
  LICENCE_NOT_EVALUATED: {
    meaning: 'Google did not say whether the user got the app from Play.',
    action: 'Do nothing if this is rare: the user may not be signed in.',
  },
  PLAY_BUDGET_SPENT: {
    meaning:
      'The app has spent its calls to Google for the day, and its settings say to go on, so the verdict was not read. Tier `warning` at best, whatever the policy says.',
    action: 'Find out what spends them, or raise `calls_per_day`.',
  },
  DEVICE_INTEGRITY_MISSING: {
    meaning: "The store's verdict states neither device nor basic integrity.",
    action: 'Refuse it; the device is usually rooted, emulated or changed.',
  },
  DEVICE_INTEGRITY_BASIC: {
    meaning: "The store's verdict states basic integrity and no more.",
    action: 'Accept `warning` or not: such devices are unlocked or uncertified.',
  },
  DEVICE_ACTIVITY_HIGH: {
    meaning: 'The app asked for very many verdicts on this device within an hour.',
    action: 'Look for a farm, or for an app that asks in a loop.',
  },
  PLAY_PROTECT_RISK: {
    meaning: 'Play Protect found harmful apps, or, with `strict`, is off.',
    action: 'Tell the user, if you can.',
  },
  SCREEN_ACCESS_RISK: {
    meaning: 'Unknown apps that could capture or control the screen are running.',
    action: 'Tell the user, if you can.',
  },
  SCREEN_ACCESS_ANY: {
    meaning:
      'Apps that could capture or control the screen are running, known ones among them. No built-in policy gives this reason; your own may.',
    action: 'Tell the user, if you can.',
  },
  OPERATOR_RULE: {
    meaning: 'A rule of your own policy matched, and it gives no other reason.',
    action: 'Look at the policy.',
  },
} as const satisfies CodeTable

/** Why a token is refused although there is a verdict. */
export const acceptanceCodes = {
  TIER_NOT_ADMITTED: {
    meaning: 'The API does not accept the tier of the verdict, which gives no reason of its own.',
    action: "Change the API's tiers, or set it to `observe`.",
  },
} as const satisfies CodeTable

/** Why a policy document is refused. The message of the error says what is wrong at that place. */
export const policyCodes = {
  POLICY_DOCUMENT: {
    meaning: 'A member is missing, unknown or wrong; or a tier, reason or AR4SI value does not exist.',
    action: 'Correct the member.',
  },
  POLICY_TOO_LARGE: {
    meaning:
      'The policy has more rules, requirements, text or nesting than it may have, or a macro over a list inside another.',
    action: 'Split the expression into several rules; leave out what no longer matters.',
  },
  POLICY_WITHOUT_RULES: {
    meaning: 'The policy requires nothing, accepts no value, or has no rule.',
    action: 'Require at least `evidence.software.measured`, and give rules.',
  },
  POLICY_SYNTAX: { meaning: 'The expression is not CEL.', action: 'Correct it where the message says.' },
  POLICY_CLAIM_UNKNOWN: {
    meaning: 'The variable, format or claim does not exist, or policies cannot read it.',
    action: 'Look up its name.',
  },
  POLICY_CLAIM_UNGUARDED: {
    meaning: 'The expression reads a claim that may be missing, without asking for it first.',
    action: 'Put `has(…) &&` before it, for the format and for the claim.',
  },
  POLICY_TYPE: {
    meaning: 'An operand or result has the wrong type.',
    action: 'Look up the type of the claim. The result of a rule is true or false.',
  },
  POLICY_VALUE: {
    meaning: 'The expression compares a claim with a value that it never has.',
    action: 'Look up the values of the claim; this is usually a slip.',
  },
  POLICY_FUNCTION: {
    meaning: 'The expression uses a function, macro or literal that policies do not have.',
    action: 'Look up what there is. There are no regular expressions.',
  },
} as const satisfies CodeTable

/** Every reason that a result, or its refusal, can give: the heaviest first. For the operator only. */
export const appraisalCodes = { ...undecidedCodes, ...ruleReasonCodes, ...acceptanceCodes } as const

export const appraisalReasonCodes = Object.keys(appraisalCodes) as readonly (keyof typeof appraisalCodes)[]

/** The operator's own reason, whose meaning their policy defines. */
export type OwnReason = `X_${string}`

const ownReasonPattern = /^X_[A-Z0-9_]{1,62}$/

export function isOwnReason(reason: string): reason is OwnReason {
  return ownReasonPattern.test(reason)
}
