/** Every reason that a result, or the refusal of one, can give. For the operator only. */
export const appraisalReasonCodes = [
  // Why there is no verdict: tier `none`
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
  // What the verdict rests on
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
  /** A probe was asked and gave no answer: it threw, was late, or answered out of form. */
  'PROBE_UNANSWERED',
  // Why a token was refused although there is a verdict
  /** The API does not admit the tier of this result. */
  'TIER_NOT_ADMITTED',
] as const
export type AppraisalReasonCode = (typeof appraisalReasonCodes)[number]
