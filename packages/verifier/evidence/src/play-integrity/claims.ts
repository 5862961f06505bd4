import { bool, int, listOf, oneOf, optional, record, text } from '../port/claim-type.ts'

/**
 * What Google states about app, device, account and environment. Verdicts keep Google's words, and new ones may come.
 * What was not evaluated is missing, which never means that nothing was found.
 */
export interface PlayIntegrityClaims {
  readonly platform: 'android'
  readonly package: string
  /** SHA-256 of the certificates that signed the installed app, lower-case hex. */
  readonly signers: readonly string[]
  readonly versionCode?: number
  /** When the verdict was requested. Unix seconds, rounded down. */
  readonly requestedAt: number
  readonly testResponse: boolean
  /** `PLAY_RECOGNIZED`, `UNRECOGNIZED_VERSION` or `UNEVALUATED`. */
  readonly appRecognitionVerdict: string
  /** Labels such as `MEETS_DEVICE_INTEGRITY`; empty on a device that has none. */
  readonly deviceRecognitionVerdict: readonly string[]
  /** Android API level. */
  readonly sdkVersion?: number
  /** `LEVEL_1` to `LEVEL_4`: how many tokens this app asked for on this device in the last hour. */
  readonly deviceActivityLevel?: string
  readonly deviceRecall?: DeviceRecall
  /** `LICENSED`, `UNLICENSED` or `UNEVALUATED`. */
  readonly appLicensingVerdict?: string
  readonly accountActivityLevel?: string
  readonly playProtectVerdict?: string
  /** Kinds of apps that could capture or control the screen, such as `UNKNOWN_CAPTURING`. */
  readonly appsDetected?: readonly string[]
}

/**
 * Three bits that the app's owner has stored at Google for this device, and the months (YYYYMM) of those that are
 * set.
 */
export interface DeviceRecall {
  readonly bitFirst?: boolean
  readonly bitSecond?: boolean
  readonly bitThird?: boolean
  readonly yyyymmFirst?: number
  readonly yyyymmSecond?: number
  readonly yyyymmThird?: number
}

/** Verdicts are open: Google may add words. */
export const playIntegrityClaims = record({
  platform: oneOf('android'),
  package: text,
  signers: listOf(text),
  versionCode: optional(int),
  requestedAt: int,
  testResponse: bool,
  appRecognitionVerdict: text,
  deviceRecognitionVerdict: listOf(text),
  sdkVersion: optional(int),
  deviceActivityLevel: optional(text),
  deviceRecall: optional(
    record({
      bitFirst: optional(bool),
      bitSecond: optional(bool),
      bitThird: optional(bool),
      yyyymmFirst: optional(int),
      yyyymmSecond: optional(int),
      yyyymmThird: optional(int),
    }),
  ),
  appLicensingVerdict: optional(text),
  accountActivityLevel: optional(text),
  playProtectVerdict: optional(text),
  appsDetected: optional(listOf(text)),
})
