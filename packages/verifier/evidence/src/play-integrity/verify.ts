import { asVerified, type Verified } from '../port/verified.ts'
import { checkAppRecognition, checkCertificates, checkPackage } from './check-app.ts'
import { checkAge, checkCommitment, checkRequestPackage, checkTestResponse } from './check-request.ts'
import { checkDecoding, checkEncryption, checkSignature } from './check-token.ts'
import type { PlayIntegrityClaims } from './claims.ts'
import type { PlayIntegrityContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import { named } from './payload.ts'
import type { ParsedToken } from './parse.ts'
import { decodePayload, type Payload } from './payload.ts'

/**
 * Google asks that request details are checked before any verdict is read.
 *
 * @throws PlayIntegrityError with the code of the first check that fails; whatever else `decode` rejects with
 * is
 *   a malfunction, and so is an answer of Google that is not a verdict
 */
export async function verify(
  token: ParsedToken,
  context: PlayIntegrityContext,
): Promise<Verified<PlayIntegrityClaims>> {
  const payload = await readPayload(token, context)
  const app = checkRequestPackage(payload, context.apps)
  checkCommitment(payload, context)
  checkAge(payload, context)
  checkTestResponse(payload)
  const appRecognitionVerdict = checkAppRecognition(payload)
  checkPackage(payload, app)
  const signers = checkCertificates(payload, app)
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

/** Claims only for what was evaluated. */
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
