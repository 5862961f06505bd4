import { EvidenceError } from '../port/evidence-error.ts'

/** Every code with which App Attest evidence is refused. */
export const appAttestErrorCodes = [
  /** Not an evidence item of this format. */
  'APP_ATTEST_ITEM',
  /** The object is not one CBOR data item of definite lengths. */
  'APP_ATTEST_CBOR',
  /** A member of the object is missing or of another type. */
  'APP_ATTEST_MEMBERS',
  /** The statement names another format than `apple-appattest`. */
  'APP_ATTEST_FORMAT',
  /** Not exactly a leaf and an intermediate certificate. */
  'APP_ATTEST_CERTIFICATE_COUNT',
  /** A certificate is not exactly one certificate in DER. */
  'APP_ATTEST_CERTIFICATE',
  /** The authenticator data ends too early. */
  'APP_ATTEST_AUTHENTICATOR_DATA',
  /** What follows the fixed part of the authenticator data is not one map of extensions, or a known one is malformed. */
  'APP_ATTEST_EXTENSIONS',
  /** No trust anchor has the name that the intermediate gives as its issuer. */
  'APP_ATTEST_ANCHOR',
  /** No trust anchor of that name has signed the intermediate. */
  'APP_ATTEST_INTERMEDIATE_SIGNATURE',
  /** The intermediate may not issue certificates. */
  'APP_ATTEST_INTERMEDIATE_CA',
  /** The intermediate's key is not on P-256 or P-384. */
  'APP_ATTEST_INTERMEDIATE_KEY',
  /** The leaf gives another issuer than the intermediate. */
  'APP_ATTEST_ISSUER',
  /** A certificate holds a critical extension that is not understood. */
  'APP_ATTEST_CRITICAL_EXTENSION',
  /** A certificate of the path is not valid yet. */
  'APP_ATTEST_NOT_YET_VALID',
  /** A certificate of the path is no longer valid. */
  'APP_ATTEST_EXPIRED',
  /** The intermediate has not signed the leaf. */
  'APP_ATTEST_LEAF_SIGNATURE',
  /** The attested key is not a point on P-256. */
  'APP_ATTEST_LEAF_KEY',
  /** The leaf has no nonce extension of the required form. */
  'APP_ATTEST_NONCE_EXTENSION',
  /** Made for another binding, or its authenticator data was changed. */
  'APP_ATTEST_NONCE',
  /** The key identifier is not that of the attested key. */
  'APP_ATTEST_KEY_ID',
  /** Made by another app. */
  'APP_ATTEST_APP_ID',
  /** The counter of a new key is not zero. */
  'APP_ATTEST_COUNTER',
  /** The authenticator is not App Attest. */
  'APP_ATTEST_AAGUID',
  /** Made in an environment that is not allowed. */
  'APP_ATTEST_ENVIRONMENT',
  /** The credential identifier is not the key identifier. */
  'APP_ATTEST_CREDENTIAL_ID',
  /** The credential's public key is not the attested key. */
  'APP_ATTEST_CREDENTIAL_KEY',
  /** A Mac that is not known to run with full security. */
  'APP_ATTEST_MAC_SECURITY',
  /** The attested key has not signed the assertion for this binding. */
  'APP_ATTEST_ASSERTION_SIGNATURE',
  /** The counter has not advanced. */
  'APP_ATTEST_ASSERTION_COUNTER',
  /** A receipt that `parseReceipt` cannot read. No evidence is refused for it. */
  'APP_ATTEST_RECEIPT',
] as const
export type AppAttestErrorCode = (typeof appAttestErrorCodes)[number]

const messages: Record<AppAttestErrorCode, string> = {
  APP_ATTEST_ITEM: 'the evidence item does not have the required form',
  APP_ATTEST_CBOR: 'the object is not one CBOR data item of definite lengths',
  APP_ATTEST_MEMBERS: 'a member of the object is missing or of another type',
  APP_ATTEST_FORMAT: 'the statement is of another format',
  APP_ATTEST_CERTIFICATE_COUNT: 'there are not exactly two certificates',
  APP_ATTEST_CERTIFICATE: 'a certificate is not exactly one certificate in DER',
  APP_ATTEST_AUTHENTICATOR_DATA: 'the authenticator data ends too early',
  APP_ATTEST_EXTENSIONS: 'the extensions are not one map of the required form',
  APP_ATTEST_ANCHOR: 'no trust anchor has the name of the issuer of the intermediate certificate',
  APP_ATTEST_INTERMEDIATE_SIGNATURE: 'no trust anchor has signed the intermediate certificate',
  APP_ATTEST_INTERMEDIATE_CA: 'the intermediate certificate may not issue certificates',
  APP_ATTEST_INTERMEDIATE_KEY: 'the key of the intermediate certificate is of another kind',
  APP_ATTEST_ISSUER: 'the leaf certificate has another issuer',
  APP_ATTEST_CRITICAL_EXTENSION: 'a certificate has a critical extension that is not understood',
  APP_ATTEST_NOT_YET_VALID: 'a certificate is not valid yet',
  APP_ATTEST_EXPIRED: 'a certificate is no longer valid',
  APP_ATTEST_LEAF_SIGNATURE: 'the intermediate has not signed the leaf certificate',
  APP_ATTEST_LEAF_KEY: 'the attested key is not a point on P-256',
  APP_ATTEST_NONCE_EXTENSION: 'the leaf certificate has no nonce of the required form',
  APP_ATTEST_NONCE: 'the attestation was made for other client data',
  APP_ATTEST_KEY_ID: 'the key identifier is not that of the attested key',
  APP_ATTEST_APP_ID: 'the evidence was made by another app',
  APP_ATTEST_COUNTER: 'the counter of a new key is not zero',
  APP_ATTEST_AAGUID: 'the authenticator is not App Attest',
  APP_ATTEST_ENVIRONMENT: 'the environment is not allowed',
  APP_ATTEST_CREDENTIAL_ID: 'the credential identifier is not the key identifier',
  APP_ATTEST_CREDENTIAL_KEY: 'the public key of the credential is not the attested key',
  APP_ATTEST_MAC_SECURITY: 'the certificate does not state the full security of a Mac',
  APP_ATTEST_ASSERTION_SIGNATURE: 'the attested key has not signed this assertion for this client data',
  APP_ATTEST_ASSERTION_COUNTER: 'the counter has not advanced',
  APP_ATTEST_RECEIPT: 'the receipt does not have the required form',
}

/** App Attest evidence that is refused, and why; `cause` is the `CodecError` where an encoding was malformed. */
export class AppAttestError extends EvidenceError<AppAttestErrorCode> {
  constructor(code: AppAttestErrorCode, options?: ErrorOptions) {
    super(code, messages[code], options)
  }
}
