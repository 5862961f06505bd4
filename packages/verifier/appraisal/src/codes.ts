import type { CodeTable } from '@assay/protocol'

/** Why there is no verdict: tier `none`. */
export const undecidedCodes = {
  NO_EVIDENCE: {
    meaning: 'Nothing was verified. Tier `none`.',
    action: 'Report it: the service should have denied before.',
  },
  EVIDENCE_REPEATED: {
    meaning: 'Two pieces of one format: it is undecided which counts. Tier `none`.',
    action: 'Let the client send each format once.',
  },
  POLICY_EMPTY: {
    meaning: 'The policy requires nothing or has no rule. Tier `none`.',
    action: 'Give the policy requirements and rules.',
  },
  REQUIRED_CLAIM_MISSING: {
    meaning: 'The policy requires a claim that the evidence does not make. Tier `none`.',
    action: 'Find out why the evidence or check was left out; or require less.',
  },
  REQUIRED_CLAIM_NOT_AFFIRMING: {
    meaning: 'A required claim has a value that the policy does not accept. Tier `none`.',
    action: 'Decide whether the value is acceptable, and change the policy or nothing.',
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

/** What a verdict rests on: the reasons that a rule may give. Of every scheme, also those that only one gives (ADR 11). */
export const findingCodes = {
  SOFTWARE_ONLY: {
    meaning: 'Nothing but software measurement: no hardware vouches for app or device. Tier `warning`.',
    action: 'Accept `warning` at the API, or ask for more evidence.',
  },
  DEBUGGABLE_BUILD: {
    meaning: 'The build is debuggable and was registered nevertheless.',
    action: 'Retire it (`assay build retire`) where it is not meant for development.',
  },
  LIVE_CODE_NOT_COMPARED: {
    meaning:
      "The SDK's functions were not compared as the engine shows them: it shows none, or was not asked.",
    action: 'Nothing on Hermes, which shows none. Otherwise see the warnings of `assay build show`.',
  },
  AUTOMATION: {
    meaning: 'The app is driven by automation. Tier `contraindicated`.',
    action: 'Usually a bot or a test farm.',
  },
  DEBUGGER: {
    meaning:
      'A debugger is attached, or the build is made for one: `contraindicated`. A panel is docked to the browser window: `warning`.',
    action: 'Ship release builds.',
  },
  CRYPTO_HOOKED: {
    meaning: "Functions of the platform's cryptography are hooked or replaced. Tier `contraindicated`.",
    action: 'Usually tampering. In your own app: load the SDK before whatever replaces them.',
  },
  FUNCTIONS_REPLACED: {
    meaning: 'Functions of the language are hooked or replaced, as polyfills do too.',
    action: 'Nothing, if your app has polyfills; otherwise look which.',
  },
  NETWORK_WRAPPED: {
    meaning: 'Functions for requests are wrapped, as monitoring does too.',
    action: 'Nothing, if your app has monitoring; otherwise look which.',
  },
  EMULATOR: { meaning: 'Signs of an emulator or a virtual device.', action: 'Expected on test devices.' },
  CODE_INJECTED: {
    meaning:
      "Code in the process that is not the app's: a hooking framework, a library from elsewhere, functions that were patched.",
    action: 'Look which; protectors and hot fixers do some of it too, and then it is a warning.',
  },
  DEVICE_ROOTED: {
    meaning: 'Signs of root or a jailbreak.',
    action: "Some users' choice: accept `warning` or not, or do not ask for the probe.",
  },
  APP_CLONED: {
    meaning: 'The app runs within another one, as apps that clone apps make it.',
    action: "Some users' choice: accept `warning` or not, or do not ask for the probe.",
  },
  PROBE_UNANSWERED: {
    meaning: 'A probe was asked and did not answer: it threw, was late, or gave a malformed answer.',
    action: 'Nothing, if rare. If one build: correct its probe.',
  },
  // Any hardware evidence
  EVIDENCE_MISSING: {
    meaning:
      'Evidence of a kind that the app is registered for was left out. Tier `warning` at best, whatever the policy says.',
    action:
      'See what the app sends: leaving evidence out is how bans and limits are evaded. For phones that cannot send it: `assay app update ID --optional-evidence KIND`.',
  },
  HARDWARE_EVIDENCE_MISSING: {
    meaning:
      "The policy asks for evidence of the platform's hardware, and there is none. Tier `contraindicated`.",
    action:
      'See whether the app is configured to send it; devices without secure hardware cannot. Web and Node apps have none: give them `software-only`.',
  },
  HARDWARE_EVIDENCE_OLD: {
    meaning: 'There is hardware evidence, and none of it is young enough.',
    action: "The next enrolment renews it. If this persists: see what the SDK's evidence source says.",
  },
  ENROLMENTS_MANY: {
    meaning: 'A key of one device vouches for many new installation keys a day.',
    action: "A broker, or a test device. The limit of the app's evidence stops it for good.",
  },
  HOLDER_KEY_NOT_IN_HARDWARE: {
    meaning:
      'The app requires that hardware holds the installation key itself (`holder_key: hardware`), and another key was enrolled. At most `warning`, whatever the policy says.',
    action:
      'Enrol with one key, as the Android SDK does by itself. Phones on which that fails get `warning`: accept it, or set `holder_key` to `vouched`.',
  },
  DEVELOPMENT_ENVIRONMENT: {
    meaning: 'Evidence of a development environment, or an app signed for development.',
    action: 'Expected of test devices; otherwise accept `production` only.',
  },
  APP_SIGNATURE_UNUSUAL: {
    meaning:
      "The system classified the app's signature as one that no released app has (with `strict` also TestFlight).",
    action: 'Usually a re-signed app.',
  },
  RISK_NOT_ASSESSED: {
    meaning:
      'The policy wants to know how many keys the app has attested on the device, and Apple has not said so yet. It is asked after each enrolment; the next refresh is judged by the answer.',
    action:
      'Nothing, right after an enrolment. If it stays: give the service a DeviceCheck key (`assay app secret ID devicecheck-key FILE`), and see its log.',
  },
  DEVICE_ATTESTS_MANY_KEYS: {
    meaning: 'Apple counts more keys of this app on the device, within 30 days, than the policy accepts.',
    action: 'A device that vouches for many others, or a test device: ban its key, or raise the limit.',
  },
  // Attested keys
  KEY_IN_SOFTWARE: {
    meaning: 'The attested Android key, or the key that attests it, is held by software.',
    action: 'An emulator or a very old device: nothing vouches for it.',
  },
  BOOT_LOADER_UNLOCKED: {
    meaning: 'The boot loader of the device is unlocked.',
    action: 'Nothing, or allow it in your own policy.',
  },
  BOOT_SELF_SIGNED: {
    meaning: "The system was verified by a key of the device's owner, as systems such as GrapheneOS are.",
    action: 'Allow the verified-boot keys of systems that you trust: docs/policies.md.',
  },
  BOOT_NOT_VERIFIED: {
    meaning: 'The system was not verified, or failed to be.',
    action: 'Nothing: whatever runs there may be changed.',
  },
  PATCH_LEVEL_OLD: {
    meaning: 'The patch level of the system is more than 12 months old, or not stated.',
    action: 'Decide whether such devices may be used, and accept `warning` or not.',
  },
  DEVICE_REPORTED_LOST: { meaning: 'The device reported itself lost.', action: 'Tell the user, if you can.' },
  CERTIFICATES_MANY: {
    meaning: 'The device got unusually many attestation certificates, as devices of farms do.',
    action: "Look at the device's other attestations.",
  },
  // Verdicts of an app store
  APP_NOT_RECOGNISED: {
    meaning: 'Google does not recognise the installed app, or did not evaluate it.',
    action: 'An app distributed otherwise needs its own policy. Otherwise it was changed.',
  },
  APP_NOT_LICENSED: {
    meaning: 'The user did not get the app from Play.',
    action: 'Nothing, or allow it in your own policy, if the app is given away elsewhere too.',
  },
  LICENCE_NOT_EVALUATED: {
    meaning: 'Google did not say whether the user has got the app from Play.',
    action: 'Nothing, if rare: the user may not be signed in.',
  },
  PLAY_BUDGET_SPENT: {
    meaning:
      'The calls to Google that the app may make in a day are spent, and its settings say to go on: the verdict was not read. Tier `warning` at best, whatever the policy says.',
    action: 'Find out who spends them, or raise `calls_per_day`.',
  },
  DEVICE_INTEGRITY_MISSING: {
    meaning: "The store's verdict finds neither device nor basic integrity.",
    action: 'Rooted, emulated or changed, as a rule.',
  },
  DEVICE_INTEGRITY_BASIC: {
    meaning: "The store's verdict finds basic integrity and no more.",
    action: 'Unlocked or uncertified devices: accept `warning` or not.',
  },
  DEVICE_ACTIVITY_HIGH: {
    meaning: 'The app asked for very many verdicts on this device in an hour.',
    action: 'A farm, or an app that asks in a loop.',
  },
  PLAY_PROTECT_RISK: {
    meaning: 'Play Protect found harmful apps (with `strict` also: is off).',
    action: 'Tell the user, if you can.',
  },
  SCREEN_ACCESS_RISK: {
    meaning: 'Unknown apps that could capture or control the screen are running.',
    action: 'Tell the user, if you can.',
  },
  OPERATOR_RULE: {
    meaning: 'A rule of your own policy matched that gives no other reason.',
    action: 'See the policy.',
  },
} as const satisfies CodeTable

/** Why a token is refused although there is a verdict. */
export const acceptanceCodes = {
  TIER_NOT_ADMITTED: {
    meaning: 'There is a verdict without a reason of its own, and the API does not accept its tier.',
    action: "Change the API's tiers, or set it to `observe`.",
  },
} as const satisfies CodeTable

/** Why a policy document is refused. The message of the error says what is wrong at the place. */
export const policyCodes = {
  POLICY_DOCUMENT: {
    meaning: 'Missing, unknown or wrong members; a tier, reason or AR4SI value that does not exist.',
    action: 'Correct the member.',
  },
  POLICY_TOO_LARGE: {
    meaning:
      'More rules, requirements, text or nesting than a policy may have; a macro over a list within another.',
    action: 'Split the expression into several rules; leave out what no longer matters.',
  },
  POLICY_WITHOUT_RULES: {
    meaning: 'Nothing is required, no value is accepted, or there is no rule.',
    action: 'Require at least `evidence.software.measured`, and give rules.',
  },
  POLICY_SYNTAX: { meaning: 'The expression is not CEL.', action: 'Correct it where the message says.' },
  POLICY_CLAIM_UNKNOWN: {
    meaning: 'No such variable, format or claim, or one that policies cannot read.',
    action: 'Look up its name.',
  },
  POLICY_CLAIM_UNGUARDED: {
    meaning: 'A claim that may be missing is read without asking for it.',
    action: 'Put `has(…) &&` before it, for the format and for the claim.',
  },
  POLICY_TYPE: {
    meaning: 'An operand or result has the wrong type.',
    action: 'See the type of the claim. A rule is true or false.',
  },
  POLICY_VALUE: {
    meaning: 'A claim is compared with a value that it never has.',
    action: 'See the values of the claim: usually a slip.',
  },
  POLICY_FUNCTION: {
    meaning: 'A function, macro or literal that policies do not have.',
    action: 'See what there is. There are no regular expressions.',
  },
} as const satisfies CodeTable

/** Every reason that a result, or the refusal of one, can give: the heaviest first. For the operator only. */
export const appraisalCodes = { ...undecidedCodes, ...findingCodes, ...acceptanceCodes } as const

export const appraisalReasonCodes = Object.keys(appraisalCodes) as readonly (keyof typeof appraisalCodes)[]

/** A reason of the operator's own, which means what their policy says it does. */
export type OwnReason = `X_${string}`

const ownReasonPattern = /^X_[A-Z0-9_]{1,62}$/

export function isOwnReason(reason: string): reason is OwnReason {
  return ownReasonPattern.test(reason)
}
