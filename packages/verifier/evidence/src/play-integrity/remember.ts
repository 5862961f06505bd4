import {
  filledListOf,
  isBoolean,
  isHex,
  isInteger,
  isWideInteger,
  isText,
  leftOutOr,
  listOf,
  objectOf,
  oneOf,
  recalled,
  remembered,
  type Forms,
} from '../port/remembered.ts'
import type { Verified } from '../port/verified.ts'
import { checkAppRecognition, checkSigners } from './checks/app.ts'
import { checkTestResponse } from './checks/request.ts'
import type { DeviceRecall, PlayIntegrityClaims } from './claims.ts'
import { checkStanding, type StandingExpectation } from './context.ts'
import { descriptor } from './descriptor.ts'
import { PlayIntegrityError } from './errors.ts'

/** What to store of a verified verdict, for {@link recall}: a JSON value. */
export function remember({ claims }: Verified<PlayIntegrityClaims>): unknown {
  return remembered(claims)
}

/**
 * The claims of a verdict that was verified before, checked against what is expected today. Policy decides about its
 * age: `requestedAt` says when it was given.
 *
 * @param stored what {@link remember} gave
 * @throws PlayIntegrityError as `verify` does, if the app is no longer expected
 * @throws Error, a malfunction, if what was stored is malformed
 */
export async function recall(
  stored: unknown,
  context: StandingExpectation,
): Promise<Verified<PlayIntegrityClaims>> {
  checkStanding(context)
  const verified = recalled<PlayIntegrityClaims>(stored, descriptor.name, forms)
  const { claims } = verified
  const app = context.apps.find((each) => each.package === claims.package)
  if (app === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_PACKAGE')
  checkTestResponse(claims)
  checkAppRecognition(claims)
  checkSigners(claims.signers, app.signers)
  return verified
}

const forms: Forms<PlayIntegrityClaims> = {
  platform: oneOf('android'),
  package: isText,
  signers: filledListOf(isHex(32)),
  versionCode: leftOutOr(isWideInteger),
  requestedAt: isInteger,
  testResponse: isBoolean,
  appRecognitionVerdict: isText,
  deviceRecognitionVerdict: listOf(isText),
  sdkVersion: leftOutOr(isInteger),
  deviceActivityLevel: leftOutOr(isText),
  deviceRecall: leftOutOr(
    objectOf<DeviceRecall>({
      bitFirst: leftOutOr(isBoolean),
      bitSecond: leftOutOr(isBoolean),
      bitThird: leftOutOr(isBoolean),
      yyyymmFirst: leftOutOr(isInteger),
      yyyymmSecond: leftOutOr(isInteger),
      yyyymmThird: leftOutOr(isInteger),
    }),
  ),
  appLicensingVerdict: leftOutOr(isText),
  accountActivityLevel: leftOutOr(isText),
  playProtectVerdict: leftOutOr(isText),
  appsDetected: leftOutOr(listOf(isText)),
}
