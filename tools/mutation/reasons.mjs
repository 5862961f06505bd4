/**
 * Why a mutant survives that no test should kill. By format: the file, the change as `docs/mutation/FORMAT.md` shows
 * it, and the reason.
 */
export const reasons = {
  software: [],
  'apple-app-attest': [],
  'android-key-attestation': [],
  'play-integrity': [],
}
