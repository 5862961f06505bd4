/** Why there is no verdict: tier `none`. */
const undecided = [
  /** No verified evidence was given. */
  'NO_EVIDENCE',
  /** Two pieces of evidence of one format: it is open which of them counts. */
  'EVIDENCE_REPEATED',
  /** The policy requires nothing, or has no rule. */
  'POLICY_EMPTY',
  /** A claim that the policy requires is not there: the evidence or the check was left out. */
  'REQUIRED_CLAIM_MISSING',
  /** A claim that the policy requires is there, with a value that the policy does not accept. */
  'REQUIRED_CLAIM_NOT_AFFIRMING',
  /** A rule of the policy could not be evaluated. */
  'RULE_FAILED',
  /** No rule of the policy says anything about these claims. */
  'NO_RULE_MATCHED',
] as const

/** What a verdict rests on: the reasons that a rule may give. */
export const findings = [
  /** Nothing but software measurement: no hardware vouches for app or device. */
  'SOFTWARE_ONLY',
  /** The build is debuggable and was registered nevertheless. */
  'DEBUGGABLE_BUILD',
  /** The SDK's functions were not compared as the engine shows them: it shows none, or was not asked. */
  'LIVE_CODE_NOT_COMPARED',
  /** The app is driven by automation. */
  'AUTOMATION',
  /** A debugger is attached, or the build is made for one. */
  'DEBUGGER',
  /** Functions of the platform's cryptography are hooked or replaced. */
  'CRYPTO_HOOKED',
  /** Functions of the language are hooked or replaced, as polyfills do too. */
  'FUNCTIONS_REPLACED',
  /** Functions for requests are wrapped, as monitoring does too. */
  'NETWORK_WRAPPED',
  /** Signs of an emulator or a virtual device. */
  'EMULATOR',
  /** Code in the process that is not the app's: a hooking framework, a foreign library, functions that were patched. */
  'CODE_INJECTED',
  /** Signs of root or a jailbreak. */
  'DEVICE_ROOTED',
  /** The app runs within another one. */
  'APP_CLONED',
  /** A probe was asked and gave no answer: it threw, was late, or answered out of form. */
  'PROBE_UNANSWERED',
  // Any hardware evidence
  /** The policy asks for evidence of the platform's hardware, and there is none. */
  'HARDWARE_EVIDENCE_MISSING',
  /** There is hardware evidence, and none of it is young enough. */
  'HARDWARE_EVIDENCE_OLD',
  /** The vouching key, a key of one device, vouches for many new installation keys a day. */
  'ENROLMENTS_MANY',
  /** The app demands that hardware holds the installation key, and it does not. */
  'HOLDER_KEY_NOT_IN_HARDWARE',
  /** Evidence of an environment, or an app signature, that is for development. */
  'DEVELOPMENT_ENVIRONMENT',
  /** The system classified the signature of the app as one that no released app has. */
  'APP_SIGNATURE_UNUSUAL',
  // Attested keys
  /** The attested key, or the key that attests it, is held by software. */
  'KEY_IN_SOFTWARE',
  /** The boot loader is unlocked: whatever was started may be changed. */
  'BOOT_LOADER_UNLOCKED',
  /** The system was verified by a key of the device's owner. */
  'BOOT_SELF_SIGNED',
  /** The system was not verified, or failed to be. */
  'BOOT_NOT_VERIFIED',
  /** The patch level of the system is old, or not stated. */
  'PATCH_LEVEL_OLD',
  /** The device reported itself lost. */
  'DEVICE_REPORTED_LOST',
  /** The device got unusually many attestation certificates, as devices of farms do. */
  'CERTIFICATES_MANY',
  // Verdicts of an app store
  /** The store does not recognise the installed app. */
  'APP_NOT_RECOGNISED',
  /** The user has not got the app from the store. */
  'APP_NOT_LICENSED',
  /** The store did not say whether the user has got the app from it. */
  'LICENCE_NOT_EVALUATED',
  /** The device has neither device nor basic integrity. */
  'DEVICE_INTEGRITY_MISSING',
  /** The device has basic integrity and no more: unlocked, uncertified, or both. */
  'DEVICE_INTEGRITY_BASIC',
  /** The app asked for very many tokens on this device. */
  'DEVICE_ACTIVITY_HIGH',
  /** The device's scan found harmful apps, or is off. */
  'PLAY_PROTECT_RISK',
  /** Apps that could capture or control the screen are running. */
  'SCREEN_ACCESS_RISK',
  /** A rule of an operator's own, for what no other reason says. */
  'OPERATOR_RULE',
] as const
export type Finding = (typeof findings)[number]

/** Every reason that a result, or the refusal of one, can give. For the operator only. */
export const appraisalReasonCodes = [
  ...undecided,
  ...findings,
  // Why a token was refused although there is a verdict
  /** The API does not admit the tier of this result. */
  'TIER_NOT_ADMITTED',
] as const
export type AppraisalReasonCode = (typeof appraisalReasonCodes)[number]
