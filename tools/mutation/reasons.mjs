/**
 * Why a mutant survives that no test should kill. By format: the file, the change as `docs/mutation/FORMAT.md` shows
 * it, and the reason.
 */
export const reasons = {
  software: [],
  'apple-app-attest': [],
  'android-key-attestation': [],
  'play-integrity': [
    {
      file: 'checks/encryption.ts',
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
