import { EvidenceError } from '../port/evidence-error.ts'

/** Every code with which Play Integrity evidence is refused. */
export const playIntegrityErrorCodes = [
  /** Not an evidence item of this format. */
  'PLAY_INTEGRITY_ITEM',
  /** Google says that the token is not one of this package, or was changed. */
  'PLAY_INTEGRITY_UNDECODABLE',
  /** The token is not a JWE in compact form with the lengths that its algorithms have. */
  'PLAY_INTEGRITY_JWE_FORM',
  /** The JWE has other algorithms than A256KW and A256GCM, is compressed, or demands what is not understood. */
  'PLAY_INTEGRITY_JWE_HEADER',
  /** The content key was not wrapped with the app's decryption key. */
  'PLAY_INTEGRITY_KEY_UNWRAP',
  /** Header, content or tag of the JWE were changed. */
  'PLAY_INTEGRITY_DECRYPTION',
  /** The decrypted content is not a JWS in compact form. */
  'PLAY_INTEGRITY_JWS_FORM',
  /** The JWS has another algorithm than ES256, or demands what is not understood. */
  'PLAY_INTEGRITY_JWS_HEADER',
  /** The app's verification key has not signed the verdict. */
  'PLAY_INTEGRITY_SIGNATURE',
  /** The verdict is not JSON, or a member of it is missing or of another type. */
  'PLAY_INTEGRITY_PAYLOAD',
  /** Requested for another package. */
  'PLAY_INTEGRITY_REQUEST_PACKAGE',
  /** Made for another binding, or by the other type of request. */
  'PLAY_INTEGRITY_COMMITMENT',
  /** Older than allowed. */
  'PLAY_INTEGRITY_STALE',
  /** From the future. */
  'PLAY_INTEGRITY_FUTURE',
  /** A test response, which the Play Console can be told to give. */
  'PLAY_INTEGRITY_TEST_RESPONSE',
  /** Google has not evaluated the app: it does not trust the device, or has decoded the token before. */
  'PLAY_INTEGRITY_UNEVALUATED',
  /** There is no recognition verdict of the app. */
  'PLAY_INTEGRITY_APP_RECOGNITION',
  /** The installed app is another package, or none is named. */
  'PLAY_INTEGRITY_PACKAGE',
  /** The installed app is signed by a certificate that is not expected, or none is named. */
  'PLAY_INTEGRITY_CERTIFICATE',
] as const
export type PlayIntegrityErrorCode = (typeof playIntegrityErrorCodes)[number]

const messages: Record<PlayIntegrityErrorCode, string> = {
  PLAY_INTEGRITY_ITEM: 'the evidence item does not have the required form',
  PLAY_INTEGRITY_UNDECODABLE: 'the token is not one of this package',
  PLAY_INTEGRITY_JWE_FORM: 'the token is not an encrypted token in compact form',
  PLAY_INTEGRITY_JWE_HEADER: 'the encryption of the token is of another kind',
  PLAY_INTEGRITY_KEY_UNWRAP: 'the token is encrypted to another key',
  PLAY_INTEGRITY_DECRYPTION: 'the encrypted token was changed',
  PLAY_INTEGRITY_JWS_FORM: 'the content of the token is not signed in compact form',
  PLAY_INTEGRITY_JWS_HEADER: 'the signature of the verdict is of another kind',
  PLAY_INTEGRITY_SIGNATURE: 'the signature of the verdict does not verify',
  PLAY_INTEGRITY_PAYLOAD: 'the verdict does not have the required form',
  PLAY_INTEGRITY_REQUEST_PACKAGE: 'the verdict was requested for another package',
  PLAY_INTEGRITY_COMMITMENT: 'the verdict was requested for other client data',
  PLAY_INTEGRITY_STALE: 'the verdict is too old',
  PLAY_INTEGRITY_FUTURE: 'the verdict is from the future',
  PLAY_INTEGRITY_TEST_RESPONSE: 'the verdict is a test response',
  PLAY_INTEGRITY_UNEVALUATED: 'the app was not evaluated',
  PLAY_INTEGRITY_APP_RECOGNITION: 'the recognition verdict of the app is missing',
  PLAY_INTEGRITY_PACKAGE: 'the verdict is about another package',
  PLAY_INTEGRITY_CERTIFICATE: 'the app is signed by a certificate that is not expected',
}

/** Play Integrity evidence that is refused, and why. */
export class PlayIntegrityError extends EvidenceError<PlayIntegrityErrorCode> {
  constructor(code: PlayIntegrityErrorCode, options?: ErrorOptions) {
    super(code, messages[code], options)
  }
}
