/**
 * Why a mutant survives that no test should kill. By format: the file, the change as `docs/mutation/FORMAT.md` shows
 * it, and the reason.
 */
export const reasons = {
  software: [],
  'apple-app-attest': [
    {
      file: 'check-path.ts',
      change: 'key.asymmetricKeyDetails?.namedCurve → key.asymmetricKeyDetails.namedCurve',
      reason: 'public keys always have details; the types do not say so',
    },
    {
      file: 'context.ts',
      change: 'key.asymmetricKeyDetails?.namedCurve → key.asymmetricKeyDetails.namedCurve',
      reason: 'public keys always have details; the types do not say so',
    },
    {
      file: 'receipt.ts',
      change:
        '/^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z$/ → /^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?Z/',
      reason: '`Date.parse` knows nothing that goes on after the `Z`',
    },
  ],
  'android-key-attestation': [],
  'play-integrity': [
    {
      file: 'check-token.ts',
      change: '{ authTagLength: 16 } → {}',
      reason:
        '`parse.ts` lets tags of 16 bytes through only; the option says the same once more, where the tag is used',
    },
    {
      file: 'keys.ts',
      change: 'key.asymmetricKeyDetails?.namedCurve → key.asymmetricKeyDetails.namedCurve',
      reason: 'public keys always have details; the types do not say so',
    },
  ],
}
