import type { ErrorTable } from '@assay/protocol'

/** Every code with which Play Integrity evidence is refused. */
export const playIntegrityCodes = {
  PLAY_INTEGRITY_ITEM: {
    message: 'the evidence item does not have the required form',
    meaning: 'This is not an evidence item of this format.',
    action: 'Update the older of SDK and service.',
  },
  PLAY_INTEGRITY_UNDECODABLE: {
    message: 'the token is not one of this package',
    meaning: 'Google says that the token is not for this package, or was changed.',
    action: 'Check the registered package name. Otherwise distrust the token.',
  },
  PLAY_INTEGRITY_JWE_FORM: {
    message: 'the token is not an encrypted token in compact form',
    meaning: 'The token is not a JWE in compact form with the lengths that its algorithms have.',
    action:
      'Send the token that Google Play returned, unchanged. Tokens of standard requests must be decoded by Google.',
  },
  PLAY_INTEGRITY_JWE_HEADER: {
    message: 'the encryption of the token is of another kind',
    meaning:
      'The JWE uses algorithms other than A256KW and A256GCM, is compressed, or requires something unknown.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_KEY_UNWRAP: {
    message: 'the token is encrypted to another key',
    meaning: 'The token is encrypted to another key.',
    action:
      'Register the current decryption key of this app from the Play Console; a key that was replaced there fails at once. Standard tokens cannot be decrypted here.',
  },
  PLAY_INTEGRITY_DECRYPTION: {
    message: 'the encrypted token was changed',
    meaning: 'The header, content or tag of the JWE was changed.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_JWS_FORM: {
    message: 'the content of the token is not signed in compact form',
    meaning: 'The decrypted content is not a JWS in compact form.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_JWS_HEADER: {
    message: 'the signature of the verdict is of another kind',
    meaning: 'The JWS uses an algorithm other than ES256, or requires something unknown.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_SIGNATURE: {
    message: 'the signature of the verdict does not verify',
    meaning: 'The verification key of this app has not signed the verdict.',
    action: 'Check that both keys are from one download; otherwise distrust the token.',
  },
  PLAY_INTEGRITY_PAYLOAD: {
    message: 'the verdict does not have the required form',
    meaning: 'The verdict is not JSON, or one of its members is missing, repeated or of the wrong type.',
    action: 'If all tokens are affected, update the service: Google has changed the format.',
  },
  PLAY_INTEGRITY_REQUEST_PACKAGE: {
    message: 'the verdict was requested for another package',
    meaning: 'The token was requested for another package.',
    action: 'Check the registered package name. If it is right, this is the token of another app.',
  },
  PLAY_INTEGRITY_COMMITMENT: {
    message: 'the verdict was requested for other client data',
    meaning: 'The token was requested for other client data, or by the other type of request.',
    action:
      'If all devices are affected, let the app pass the commitment as nonce (classic) or request hash (standard). Otherwise it is usually a replay.',
  },
  PLAY_INTEGRITY_STALE: {
    message: 'the verdict is too old',
    meaning: 'The token is older than the maximum age.',
    action: 'Ask for a new token at each attestation; check the clock of the service.',
  },
  PLAY_INTEGRITY_FUTURE: {
    message: 'the verdict is from the future',
    meaning: 'The token is dated more than 60 s ahead.',
    action: 'Set the clock of the service.',
  },
  PLAY_INTEGRITY_TEST_RESPONSE: {
    message: 'the verdict is a test response',
    meaning: 'Google gave a test response, as set for a tester in the Play Console.',
    action: 'Take the tester off the list in the Play Console.',
  },
  PLAY_INTEGRITY_UNEVALUATED: {
    message: 'the app was not evaluated',
    meaning: 'Google has not evaluated the app, and names no app.',
    action:
      'Look at how often it comes, and from where: the device is not trusted, or a standard token was decoded before, which is a replay. Where Play Integrity is optional (`--optional-evidence play_integrity`) and a chain came with it, it counts as left out, and this is no denial.',
  },
  PLAY_INTEGRITY_APP_RECOGNITION: {
    message: 'the recognition verdict of the app is missing',
    meaning: 'Google gives no recognition verdict for the app.',
    action: 'Request another token. A verdict that is present is for the policy to judge.',
  },
  PLAY_INTEGRITY_PACKAGE: {
    message: 'the verdict is about another package',
    meaning: 'The verdict names a package other than the registered one, or none.',
    action: 'Refuse it: it is another app.',
  },
  PLAY_INTEGRITY_CERTIFICATE: {
    message: 'the app is signed by a certificate that is not expected',
    meaning: 'The verdict names a signing certificate that is not expected, or none.',
    action:
      'With Play App Signing, register the certificate that Google signs with. Otherwise the app was repackaged.',
  },
} as const satisfies ErrorTable
