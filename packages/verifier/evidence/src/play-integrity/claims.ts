import {
  bool,
  filledListOf,
  hex,
  int,
  listOf,
  oneOf,
  optional,
  record,
  text,
  usually,
  wideInt,
  type ValueOf,
} from '../port/claim-table.ts'

/**
 * What Google states about app, device, account and environment. What was not evaluated is missing, which never means
 * that nothing was found.
 */
export type PlayIntegrityClaims = ValueOf<typeof playIntegrityClaims>

/**
 * Three bits that the app's owner has stored at Google for this device, and the months (YYYYMM) of those that are
 * set.
 */
const deviceRecall = record({
  bitFirst: optional(bool),
  bitSecond: optional(bool),
  bitThird: optional(bool),
  yyyymmFirst: optional(int),
  yyyymmSecond: optional(int),
  yyyymmThird: optional(int),
})
export type DeviceRecall = ValueOf<typeof deviceRecall>

/** Verdicts keep Google's words, and are open: Google may add some. */
export const playIntegrityClaims = record({
  platform: oneOf('android'),
  package: text,
  /** SHA-256 of the certificates that signed the installed app, lower-case hex. */
  signers: filledListOf(hex(32)),
  /** When the verdict was requested. Unix seconds, rounded down. */
  requestedAt: int,
  testResponse: usually(bool, false),
  /** `PLAY_RECOGNIZED`, `UNRECOGNIZED_VERSION` or `UNEVALUATED`. */
  appRecognitionVerdict: usually(text, 'UNEVALUATED', 'UNRECOGNIZED_VERSION', 'PLAY_RECOGNIZED'),
  /** Labels such as `MEETS_DEVICE_INTEGRITY`; empty on a device that has none. */
  deviceRecognitionVerdict: usually(
    listOf(text),
    ['MEETS_VIRTUAL_INTEGRITY'],
    ['MEETS_STRONG_INTEGRITY', 'MEETS_BASIC_INTEGRITY', 'MEETS_DEVICE_INTEGRITY'],
  ),
  versionCode: usually(optional(wideInt), 1),
  /** Android API level. */
  sdkVersion: optional(int),
  /** `LEVEL_1` to `LEVEL_4`: how many tokens this app asked for on this device in the last hour. */
  deviceActivityLevel: optional(text),
  deviceRecall: optional(deviceRecall),
  /** `LICENSED`, `UNLICENSED` or `UNEVALUATED`. */
  appLicensingVerdict: usually(optional(text), 'UNLICENSED', 'LICENSED'),
  accountActivityLevel: optional(text),
  playProtectVerdict: optional(usually(text, 'NO_ISSUES')),
  /** Kinds of apps that could capture or control the screen, such as `UNKNOWN_CAPTURING`. */
  appsDetected: optional(usually(listOf(text), ['KNOWN_INSTALLED'])),
})
