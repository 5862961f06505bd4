import { EvidenceError } from '../port/evidence-error.ts'

/** Every code with which evidence of this format is refused: one per rule. */
export const androidKeyErrorCodes = [
  /** Not an evidence item of this format. */
  'ANDROID_KEY_MALFORMED',
  /** A certificate is not exactly one certificate in DER, or a part of it that counts is malformed. */
  'ANDROID_KEY_CERTIFICATE',
  /** The content of the attestation extension is not a KeyDescription. */
  'ANDROID_KEY_STATEMENT',
  /** The application id is not well-formed, or not there. */
  'ANDROID_KEY_APPLICATION_ID',
  /** Fewer than three certificates. */
  'ANDROID_KEY_CHAIN_LENGTH',
  /** The attestation extension is missing, or stands above the leaf: the chain was extended with an attested key. */
  'ANDROID_KEY_EXTENSION',
  /** One key twice in the chain: a certificate that takes no part. */
  'ANDROID_KEY_REPEATED_KEY',
  /** Ends in a root whose private key is public. */
  'ANDROID_KEY_SOFTWARE_ROOT',
  /** The last certificate does not hold the key of a trust anchor. */
  'ANDROID_KEY_ANCHOR',
  /** The issuer of a certificate is not the subject of the next one. */
  'ANDROID_KEY_ISSUER',
  /** A certificate above the leaf is not yet valid. */
  'ANDROID_KEY_NOT_YET_VALID',
  /** A certificate above the leaf has expired, and the chain was not provisioned in a factory. */
  'ANDROID_KEY_EXPIRED',
  /** A signature algorithm, or a key of an issuer, that is neither RSA nor ECDSA with SHA-2. */
  'ANDROID_KEY_ALGORITHM',
  /** The key of the next certificate has not signed a certificate. */
  'ANDROID_KEY_SIGNATURE',
  /** An attestation version that is not known. */
  'ANDROID_KEY_VERSION',
  /** Attested for another challenge. */
  'ANDROID_KEY_COMMITMENT',
  /** The hardware does not say that it generated the key: imported, or not said by the hardware. */
  'ANDROID_KEY_ORIGIN',
  /** The key may attest other keys. */
  'ANDROID_KEY_PURPOSE',
  /** Every app on the device may use the key. */
  'ANDROID_KEY_ALL_APPLICATIONS',
  /** The root of trust is not in the hardware list, or in the software list too. */
  'ANDROID_KEY_ROOT_OF_TRUST',
  /** A package that is not expected has the key, or none is named. */
  'ANDROID_KEY_PACKAGE',
  /** Signed by somebody who is not expected for its package, or no signer is named. */
  'ANDROID_KEY_SIGNER',
  /** A certificate above the leaf is revoked. */
  'ANDROID_KEY_REVOKED',
  /** A certificate above the leaf is suspended. */
  'ANDROID_KEY_SUSPENDED',
] as const
export type AndroidKeyErrorCode = (typeof androidKeyErrorCodes)[number]

const messages: Record<AndroidKeyErrorCode, string> = {
  ANDROID_KEY_MALFORMED: 'the evidence item does not have the required form',
  ANDROID_KEY_CERTIFICATE: 'a certificate of the chain is malformed',
  ANDROID_KEY_STATEMENT: 'the key description is malformed',
  ANDROID_KEY_APPLICATION_ID: 'the application id is missing or malformed',
  ANDROID_KEY_CHAIN_LENGTH: 'the chain has fewer than three certificates',
  ANDROID_KEY_EXTENSION: 'the attestation extension does not stand in the leaf alone',
  ANDROID_KEY_REPEATED_KEY: 'a public key occurs twice in the chain',
  ANDROID_KEY_SOFTWARE_ROOT: 'the chain ends in a root of software attestation',
  ANDROID_KEY_ANCHOR: 'the chain does not end in a trust anchor',
  ANDROID_KEY_ISSUER: 'a certificate does not name the next one as its issuer',
  ANDROID_KEY_NOT_YET_VALID: 'a certificate above the leaf is not yet valid',
  ANDROID_KEY_EXPIRED: 'a certificate above the leaf has expired',
  ANDROID_KEY_ALGORITHM: 'a key or signature algorithm of the chain is not supported',
  ANDROID_KEY_SIGNATURE: 'a certificate is not signed by the key of the next one',
  ANDROID_KEY_VERSION: 'the attestation version is not known',
  ANDROID_KEY_COMMITMENT: 'the key was attested for another challenge',
  ANDROID_KEY_ORIGIN: 'the hardware does not say that it generated the key',
  ANDROID_KEY_PURPOSE: 'the key may attest other keys',
  ANDROID_KEY_ALL_APPLICATIONS: 'every app may use the key',
  ANDROID_KEY_ROOT_OF_TRUST: 'the root of trust does not stand in the hardware list alone',
  ANDROID_KEY_PACKAGE: 'the key belongs to a package that is not expected',
  ANDROID_KEY_SIGNER: 'the app is signed by somebody who is not expected',
  ANDROID_KEY_REVOKED: 'a certificate of the chain is revoked',
  ANDROID_KEY_SUSPENDED: 'a certificate of the chain is suspended',
}

/** Evidence of this format that is refused, and why; `cause` is the `CodecError` where an encoding was malformed. */
export class AndroidKeyError extends EvidenceError<AndroidKeyErrorCode> {
  constructor(code: AndroidKeyErrorCode, options?: ErrorOptions) {
    super(code, messages[code], options)
  }
}
