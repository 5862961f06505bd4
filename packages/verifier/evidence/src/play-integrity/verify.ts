import { asVerified, type Verified } from '../port/verified.ts'
import { checkAge } from './checks/age.ts'
import { checkAppRecognition } from './checks/app-recognition.ts'
import { checkCertificates } from './checks/certificates.ts'
import { checkCommitment } from './checks/commitment.ts'
import { checkDecoding } from './checks/decoding.ts'
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
import { decodePayload, type Payload } from './payload.ts'

/**
 * Google asks that request details are checked before any verdict is read.
 *
 * @throws PlayIntegrityError with the code of the first check that does not hold; whatever else `decode` rejects with is
 *   a malfunction, and so is an answer of Google that is no verdict
 */
export async function verify(
  token: ParsedToken,
  context: PlayIntegrityContext,
): Promise<Verified<PlayIntegrityClaims>> {
  const payload = await readPayload(token, context)
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

async function readPayload(
  { text, encrypted }: ParsedToken,
  context: PlayIntegrityContext,
): Promise<Payload> {
  if (context.decode !== undefined) return checkDecoding(text, context.apps[0], context.decode)
  const content = checkEncryption(encrypted, context.decryptionKey)
  return decodePayload(checkSignature(content, context.verificationKey))
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
