import { asVerified, type Verified } from '../port/verified.ts'
import { checkAge } from './checks/age.ts'
import { checkAppRecognition } from './checks/app-recognition.ts'
import { checkCertificates } from './checks/certificates.ts'
import { checkCommitment } from './checks/commitment.ts'
import { checkDevice } from './checks/device.ts'
import { checkEncryption } from './checks/encryption.ts'
import { checkLicensing } from './checks/licensing.ts'
import { checkPackage } from './checks/package.ts'
import { checkRequestPackage } from './checks/request-package.ts'
import { checkSignature } from './checks/signature.ts'
import { checkTestResponse } from './checks/test-response.ts'
import type { PlayIntegrityClaims } from './claims.ts'
import type { PlayIntegrityContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import { named } from './named.ts'
import type { ParsedToken } from './parse.ts'
import { parsePayload, type Payload } from './payload.ts'

/**
 * Google asks that request details are checked before any verdict is read.
 *
 * @throws PlayIntegrityError with the code of the first check that does not hold
 */
export async function verify(
  token: ParsedToken,
  context: PlayIntegrityContext,
): Promise<Verified<PlayIntegrityClaims>> {
  const content = checkEncryption(token, context.decryptionKey)
  const payload = parsePayload(checkSignature(content, context.verificationKey))
  const app = checkRequestPackage(payload, context.apps)
  checkCommitment(payload, context)
  checkAge(payload, context)
  checkTestResponse(payload, context.testResponses)
  const appRecognitionVerdict = checkAppRecognition(payload, context.requirements.appRecognition)
  checkPackage(payload, app)
  const signers = checkCertificates(payload, app)
  checkDevice(payload, context.requirements.deviceLabels)
  checkLicensing(payload, context.requirements.licensing)
  return asVerified(descriptor.name, {
    platform: 'android',
    package: app.package,
    signers,
    requestedAt: Math.floor(payload.timestamp / 1000),
    testResponse: payload.testResponse,
    appRecognitionVerdict,
    deviceRecognitionVerdict: payload.deviceRecognitionVerdict,
    ...evaluated(payload),
  })
}

type Optional =
  | 'versionCode'
  | 'sdkVersion'
  | 'deviceActivityLevel'
  | 'deviceRecall'
  | 'appLicensingVerdict'
  | 'accountActivityLevel'
  | 'playProtectVerdict'
  | 'appsDetected'

/** Claims only of what was evaluated. */
function evaluated(payload: Payload): Pick<PlayIntegrityClaims, Optional> {
  return {
    ...named('versionCode', payload.versionCode),
    ...named('sdkVersion', payload.sdkVersion),
    ...named('deviceActivityLevel', payload.deviceActivityLevel),
    ...named('deviceRecall', payload.deviceRecall),
    ...named('appLicensingVerdict', payload.appLicensingVerdict),
    ...named('accountActivityLevel', payload.accountActivityLevel),
    ...named('playProtectVerdict', payload.playProtectVerdict),
    ...named('appsDetected', payload.appsDetected),
  }
}
