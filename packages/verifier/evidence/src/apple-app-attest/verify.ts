import { encodeBase64url } from '@assay/protocol'
import { readValidity, type Certificate } from '@assay/codec/x509'
import { asVerified, type Verified } from '../port/verified.ts'
import { checkAppId, checkEnvironment } from './check-app.ts'
import {
  checkCounter,
  checkCredential,
  checkKeyId,
  checkLeafKey,
  checkMacSecurity,
  checkNonce,
} from './check-key.ts'
import {
  checkCriticalExtensions,
  checkDates,
  checkIntermediate,
  checkIssuer,
  checkLeafSignature,
} from './check-path.ts'
import type { AppAttestClaims } from './claims.ts'
import type { AttestationContext } from './context.ts'
import { descriptor, sha256 } from './descriptor.ts'
import type { ParsedAttestation } from './parse.ts'
import { reading } from './errors.ts'

/** @throws AppAttestError with the code of the first check that fails */
export async function verify(
  parsed: ParsedAttestation,
  context: AttestationContext,
): Promise<Verified<AppAttestClaims>> {
  const { leaf, authenticatorData, keyId, receipt } = parsed
  const issuer = checkIntermediate(parsed.intermediate, context)
  checkIssuer(leaf, issuer)
  const validity = reading('APP_ATTEST_CERTIFICATE', () => readValidity(leaf.validity))
  checkDates([validity, issuer.validity, issuer.anchor.validity], context.now)
  checkCriticalExtensions(leaf)
  checkLeafSignature(leaf, issuer)
  const point = checkLeafKey(leaf)
  checkNonce(leaf, authenticatorData.encoded, context.commitment)
  checkKeyId(keyId, point)
  const appId = checkAppId(authenticatorData, context.apps)
  const counter = checkCounter(authenticatorData)
  const environment = checkEnvironment(authenticatorData, context.environments)
  checkCredential(authenticatorData, keyId, point)
  const macFullSecurity = checkMacSecurity(leaf, context.system)
  return asVerified(descriptor.name, {
    platform: 'ios',
    appId,
    environment,
    anchorSha256: sha256(issuer.anchor.publicKey).toString('hex'),
    counter,
    ...authenticatorData.appState,
    keyId: encodeBase64url(keyId),
    publicKey: publicJwk(point),
    macFullSecurity,
    certificate: describe(leaf, validity.notAfter),
    ...(receipt === undefined ? {} : { receipt }),
  })
}

function publicJwk(point: Uint8Array): AppAttestClaims['publicKey'] {
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64url(point.subarray(1, 33)),
    y: encodeBase64url(point.subarray(33)),
  }
}

function describe(leaf: Certificate, notAfter: number): AppAttestClaims['certificate'] {
  return {
    sha256: sha256(leaf.encoded).toString('hex'),
    serialNumber: Buffer.from(leaf.serialNumber).toString('hex'),
    notAfter: notAfter / 1000,
  }
}
