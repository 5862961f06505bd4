import type { ErrorTable } from '@assay/protocol'

/** Every code with which evidence of this format is refused: one per rule, in the order of the checks. */
export const androidKeyCodes = {
  ANDROID_KEY_MALFORMED: {
    message: 'the evidence item does not have the required form',
    meaning:
      'This is not an evidence item of this format: it has no list of 1 to 10 certificates in base64url, or more than 64 KiB.',
    action:
      'Send what `KeyStore.getCertificateChain` returned, each certificate in DER; if you do, update the older of SDK and service.',
  },
  ANDROID_KEY_CERTIFICATE: {
    message: 'a certificate of the chain is malformed',
    meaning: 'A certificate is not exactly one certificate in DER, or its dates or names are malformed.',
    action: 'Distrust the evidence. If all phones of one model are affected, report it with its chain.',
  },
  ANDROID_KEY_STATEMENT: {
    message: 'the key description is malformed',
    meaning: 'The attestation extension does not hold exactly one key description.',
    action: 'As for `ANDROID_KEY_CERTIFICATE`.',
  },
  ANDROID_KEY_APPLICATION_ID: {
    message: 'the application id is missing or malformed',
    meaning: 'The statement names no app, or names it in another form than required. Android 7 names none.',
    action: 'Distrust the evidence, or let such phones in by another policy.',
  },
  ANDROID_KEY_CHAIN_LENGTH: {
    message: 'the chain has fewer than three certificates',
    meaning: 'The chain has fewer than three certificates.',
    action: 'Send the whole chain, the root included.',
  },
  ANDROID_KEY_EXTENSION: {
    message: 'the attestation extension is not in the leaf alone',
    meaning:
      'The statement is missing, or a certificate above the leaf holds one: an attested key was used to extend the chain.',
    action: 'Distrust the evidence. Attest with a separate key, without an attestation key of the app.',
  },
  ANDROID_KEY_REPEATED_KEY: {
    message: 'a public key occurs twice in the chain',
    meaning: 'One public key occurs twice in the chain, so one certificate proves nothing.',
    action: 'Distrust the evidence.',
  },
  ANDROID_KEY_SOFTWARE_ROOT: {
    message: 'the chain ends in a root of software attestation',
    meaning:
      'The chain ends in a root whose private key is public: an emulator, a very old phone, or an imitation.',
    action: 'Do nothing: there is no hardware to vouch for the key.',
  },
  ANDROID_KEY_ANCHOR: {
    message: 'the chain does not end in a trust anchor',
    meaning: 'The last certificate does not hold the key of a trust anchor.',
    action: 'Send the root too. If Google has announced a new root, update the service.',
  },
  ANDROID_KEY_ISSUER: {
    message: 'a certificate does not name the next one as its issuer',
    meaning: 'The issuer of a certificate is not the subject of the next one.',
    action: 'Send the chain in order, leaf first.',
  },
  ANDROID_KEY_NOT_YET_VALID: {
    message: 'a certificate above the leaf is not yet valid',
    meaning: 'A certificate between leaf and root is not yet valid.',
    action: 'Check the clock of the service.',
  },
  ANDROID_KEY_EXPIRED: {
    message: 'a certificate above the leaf has expired',
    meaning:
      'A certificate between leaf and root has expired, and the chain was not provisioned in a factory.',
    action: 'Attest again with a new key. If all phones are affected, check the clock of the service.',
  },
  ANDROID_KEY_ALGORITHM: {
    message: 'a key or signature algorithm of the chain is not supported',
    meaning: 'A certificate above the leaf has a key, or a signature, other than RSA or ECDSA with SHA-2.',
    action: 'Distrust the evidence. If Google has announced a new algorithm, update the service.',
  },
  ANDROID_KEY_SIGNATURE: {
    message: 'a certificate is not signed by the key of the next one',
    meaning: 'A certificate is not signed by the key of the next one.',
    action: 'Distrust the evidence: it was changed, or put together from others.',
  },
  ANDROID_KEY_VERSION: {
    message: 'the attestation version is not known',
    meaning: 'The attestation version is not known.',
    action: 'If a new Android release is out, update the service.',
  },
  ANDROID_KEY_COMMITMENT: {
    message: 'the key was attested for another challenge',
    meaning: 'The key was attested for another challenge.',
    action:
      'Generate the key with the challenge that the SDK gives, a new key for each enrolment. Otherwise it is a replay.',
  },
  ANDROID_KEY_ORIGIN: {
    message: 'the hardware does not say that it generated the key',
    meaning: 'The hardware does not say that it generated the key.',
    action: 'Generate the key in hardware; an imported one has a copy elsewhere.',
  },
  ANDROID_KEY_PURPOSE: {
    message: 'the key may attest other keys',
    meaning: 'The key may attest other keys.',
    action: 'Make the key for signing only.',
  },
  ANDROID_KEY_ALL_APPLICATIONS: {
    message: 'every app may use the key',
    meaning: 'Every app on the phone may use the key.',
    action: 'Distrust the evidence.',
  },
  ANDROID_KEY_ROOT_OF_TRUST: {
    message: 'the root of trust is not in the hardware list alone',
    meaning: 'The hardware does not state what was booted, or the system states it as well.',
    action: 'Distrust the evidence.',
  },
  ANDROID_KEY_PACKAGE: {
    message: 'the key belongs to a package that is not expected',
    meaning: 'The key belongs to no package, or to one that is not an expected app.',
    action: 'Check the registered package name; packages that share a user id are all named.',
  },
  ANDROID_KEY_SIGNER: {
    message: 'the app is signed by somebody who is not expected',
    meaning: 'The app is signed by a signer that is not expected for its package.',
    action:
      'Register the certificate that the store signs with (Play App Signing). Otherwise the app was repackaged.',
  },
  ANDROID_KEY_REVOKED: {
    message: 'a certificate of the chain is revoked',
    meaning:
      "Google's list says that a certificate above the leaf is revoked: the key of the phone has leaked.",
    action: 'Distrust the phone.',
  },
  ANDROID_KEY_SUSPENDED: {
    message: 'a certificate of the chain is suspended',
    meaning: "Google's list says that a certificate above the leaf is suspended.",
    action: 'Distrust the phone until the list no longer names it.',
  },
} as const satisfies ErrorTable
