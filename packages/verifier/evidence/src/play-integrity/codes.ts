import type { ErrorTable } from '@assay/protocol'

/** Every code with which Play Integrity evidence is refused. */
export const playIntegrityCodes = {
  PLAY_INTEGRITY_ITEM: {
    message: 'the evidence item does not have the required form',
    meaning: 'Not an evidence item of this format.',
    action: 'Update the older of SDK and service.',
  },
  PLAY_INTEGRITY_UNDECODABLE: {
    message: 'the token is not one of this package',
    meaning: 'Google says that the token is not one of this package, or was changed.',
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
      'The JWE has other algorithms than A256KW and A256GCM, is compressed, or requires something unknown.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_KEY_UNWRAP: {
    message: 'the token is encrypted to another key',
    meaning: 'The token is encrypted to another key.',
    action:
      'Give the current decryption key of this app from the Play Console; keys that were replaced there fail at once. Standard tokens cannot be decrypted here.',
  },
  PLAY_INTEGRITY_DECRYPTION: {
    message: 'the encrypted token was changed',
    meaning: 'Header, content or tag of the JWE were changed.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_JWS_FORM: {
    message: 'the content of the token is not signed in compact form',
    meaning: 'The decrypted content is not a JWS in compact form.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_JWS_HEADER: {
    message: 'the signature of the verdict is of another kind',
    meaning: 'The JWS has another algorithm than ES256, or requires something unknown.',
    action: 'Distrust the token.',
  },
  PLAY_INTEGRITY_SIGNATURE: {
    message: 'the signature of the verdict does not verify',
    meaning: 'The verification key of this app has not signed the verdict.',
    action: 'Check that both keys are from one download; otherwise distrust the token.',
  },
  PLAY_INTEGRITY_PAYLOAD: {
    message: 'the verdict does not have the required form',
    meaning: 'The verdict is not JSON, or a member of it is missing, repeated or of another type.',
    action: 'If all tokens are hit: Google has changed the format, update the service.',
  },
  PLAY_INTEGRITY_REQUEST_PACKAGE: {
    message: 'the verdict was requested for another package',
    meaning: 'Requested for another package.',
    action: 'Check the registered package name. Otherwise it is the token of another app.',
  },
  PLAY_INTEGRITY_COMMITMENT: {
    message: 'the verdict was requested for other client data',
    meaning: 'Requested for other client data, or by the other type of request.',
    action:
      'Usually a replay. If all devices are hit: the app has to pass the commitment as nonce (classic) or request hash (standard).',
  },
  PLAY_INTEGRITY_STALE: {
    message: 'the verdict is too old',
    meaning: 'Older than the maximum age.',
    action: 'Ask for a new token at each attestation; check the clock of the service.',
  },
  PLAY_INTEGRITY_FUTURE: {
    message: 'the verdict is from the future',
    meaning: 'More than 60 s ahead.',
    action: 'Set the clock of the service.',
  },
  PLAY_INTEGRITY_TEST_RESPONSE: {
    message: 'the verdict is a test response',
    meaning: 'A test response, as set for a tester in the Play Console.',
    action: 'Take the tester off the list in the Play Console.',
  },
  PLAY_INTEGRITY_UNEVALUATED: {
    message: 'the app was not evaluated',
    meaning: 'Google has not evaluated the app, and names none.',
    action:
      'The device is not trusted, or a standard token was decoded before: a replay. Look at how often it comes from where.',
  },
  PLAY_INTEGRITY_APP_RECOGNITION: {
    message: 'the recognition verdict of the app is missing',
    meaning: 'Google gives no recognition verdict of the app.',
    action: 'The token holds none: ask for another one. What the verdict says is for the policy.',
  },
  PLAY_INTEGRITY_PACKAGE: {
    message: 'the verdict is about another package',
    meaning: 'The installed app is another package, or none is named.',
    action: 'It is another app.',
  },
  PLAY_INTEGRITY_CERTIFICATE: {
    message: 'the app is signed by a certificate that is not expected',
    meaning: 'The installed app is signed by a certificate that is not expected, or none is named.',
    action:
      'With Play App Signing register the certificate that Google signs with. Otherwise the app was repackaged.',
  },
} as const satisfies ErrorTable
