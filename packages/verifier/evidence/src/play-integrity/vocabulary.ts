import { bool, int, listOf, oneOf, optional, record, text } from '../port/claim-type.ts'

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
