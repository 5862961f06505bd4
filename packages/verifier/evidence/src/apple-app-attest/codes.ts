import type { ErrorTable } from '@assay/protocol'

/** Every code with which App Attest evidence is refused. */
export const appAttestCodes = {
  APP_ATTEST_ITEM: {
    message: 'the evidence item does not have the required form',
    meaning: 'This is not an evidence item of this format.',
    action: 'Update the older of SDK and service.',
  },
  APP_ATTEST_CBOR: {
    message: 'the object is not one CBOR data item of definite lengths',
    meaning: 'The object is not one CBOR data item of definite lengths with nothing after it.',
    action: 'Send the bytes that the system returned, unchanged.',
  },
  APP_ATTEST_MEMBERS: {
    message: 'a member of the object is missing or of another type',
    meaning: 'A member of the object is missing or has the wrong type.',
    action: 'As for `APP_ATTEST_CBOR`.',
  },
  APP_ATTEST_FORMAT: {
    message: 'the statement is of another format',
    meaning: 'The format of the statement is not `apple-appattest`.',
    action: 'Attest with DCAppAttestService; passkeys and device attestations will not do.',
  },
  APP_ATTEST_CERTIFICATE_COUNT: {
    message: 'there are not exactly two certificates',
    meaning: 'The attestation does not hold exactly a leaf and an intermediate certificate.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_CERTIFICATE: {
    message: 'a certificate is not exactly one certificate in DER',
    meaning: 'A certificate is not exactly one certificate in DER.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_AUTHENTICATOR_DATA: {
    message: 'the authenticator data ends too early',
    meaning: 'The authenticator data ends too early.',
    action: 'Distrust the evidence.',
  },
  APP_ATTEST_EXTENSIONS: {
    message: 'the extensions are not one map of the required form',
    meaning:
      'What follows the fixed part of the authenticator data is not one map, or a known extension in it is malformed.',
    action: 'Distrust the evidence. If all devices with a new system are affected, update the service.',
  },
  APP_ATTEST_ANCHOR: {
    message: 'no trust anchor has the name of the issuer of the intermediate certificate',
    meaning: 'The intermediate was not issued under the name of a trust anchor.',
    action: 'Distrust the attestation; if Apple has announced a new root, update the service.',
  },
  APP_ATTEST_INTERMEDIATE_SIGNATURE: {
    message: 'no trust anchor has signed the intermediate certificate',
    meaning: 'No trust anchor has signed the intermediate.',
    action: 'Distrust the attestation: somebody is imitating Apple.',
  },
  APP_ATTEST_INTERMEDIATE_CA: {
    message: 'the intermediate certificate may not issue certificates',
    meaning:
      'The intermediate may not issue certificates: somebody extended a chain with a certificate of their own.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_INTERMEDIATE_KEY: {
    message: 'the key of the intermediate certificate is of another kind',
    meaning: 'The key of the intermediate is not on P-256 or P-384.',
    action: 'Update the service.',
  },
  APP_ATTEST_ISSUER: {
    message: 'the leaf certificate has another issuer',
    meaning: 'The leaf names another issuer than the intermediate.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_CRITICAL_EXTENSION: {
    message: 'a certificate has a critical extension that is not understood',
    meaning: 'A certificate holds a critical extension that is not understood.',
    action: 'Update the service; otherwise distrust the attestation.',
  },
  APP_ATTEST_NOT_YET_VALID: {
    message: 'a certificate is not valid yet',
    meaning: 'A certificate of the path is not valid yet (5 minutes of grace).',
    action: 'Set the clock of the service.',
  },
  APP_ATTEST_EXPIRED: {
    message: 'a certificate is no longer valid',
    meaning: 'A certificate of the path is no longer valid (5 minutes of grace).',
    action:
      'Let the app attest a new key: the attestation is old, usually by days. Otherwise set the clock of the service.',
  },
  APP_ATTEST_LEAF_SIGNATURE: {
    message: 'the intermediate has not signed the leaf certificate',
    meaning: 'The intermediate has not signed the leaf.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_LEAF_KEY: {
    message: 'the attested key is not a point on P-256',
    meaning: 'The attested key is not a point on P-256.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_NONCE_EXTENSION: {
    message: 'the leaf certificate has no nonce of the required form',
    meaning: 'The leaf has no nonce of the required form.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_NONCE: {
    message: 'the attestation was made for other client data',
    meaning: 'The attestation was made for other client data, or its authenticator data was changed.',
    action:
      'If all devices are affected, let the app pass the commitment as `clientDataHash`, not hashed again. Otherwise it is usually a replay.',
  },
  APP_ATTEST_KEY_ID: {
    message: 'the key identifier is not that of the attested key',
    meaning: 'The key identifier does not match the attested key.',
    action: 'Send the identifier that `generateKey` returned for this key.',
  },
  APP_ATTEST_APP_ID: {
    message: 'the evidence was made by another app',
    meaning: 'The attestation was made by an app with another team or bundle id.',
    action:
      'Check the registered App ID. An App Clip has that of its full app, a Mac app its own. If it is right, this is another app.',
  },
  APP_ATTEST_COUNTER: {
    message: 'the counter of a new key is not zero',
    meaning: 'The counter of a new key is not zero.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_AAGUID: {
    message: 'the authenticator is not App Attest',
    meaning: 'The authenticator is not App Attest.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_ENVIRONMENT: {
    message: 'the environment is not allowed',
    meaning:
      'The attestation was made in an environment that is not allowed, such as `development` where only `production` is.',
    action: 'For builds from Xcode, allow `development` in a separate registration.',
  },
  APP_ATTEST_CREDENTIAL_ID: {
    message: 'the credential identifier is not the key identifier',
    meaning: 'The credential identifier is not the key identifier.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_CREDENTIAL_KEY: {
    message: 'the public key of the credential is not the attested key',
    meaning: 'The public key of the credential is not the attested key.',
    action: 'Distrust the attestation.',
  },
  APP_ATTEST_MAC_SECURITY: {
    message: 'the certificate does not state the full security of a Mac',
    meaning: 'The certificate does not state a Mac with full boot security and system integrity protection.',
    action: 'Ask the user to restore both in Recovery.',
  },
  APP_ATTEST_ASSERTION_SIGNATURE: {
    message: 'the attested key has not signed this assertion for this client data',
    meaning: 'The attested key has not signed this assertion for this client data.',
    action: 'As for `APP_ATTEST_NONCE`; or the key of another installation was looked up.',
  },
  APP_ATTEST_ASSERTION_COUNTER: {
    message: 'the counter has not advanced',
    meaning: 'The counter has not advanced: this is a replay, or assertions overtook one another.',
    action: 'Make one assertion at a time per key, and send a new one.',
  },
  APP_ATTEST_RECEIPT: {
    message: 'the receipt does not have the required form',
    meaning:
      'The receipt cannot be read. This refuses no evidence: only those who keep receipts see the code.',
    action:
      'Ask for the fraud metric without this receipt; if all receipts are affected, update the service.',
  },
} as const satisfies ErrorTable
