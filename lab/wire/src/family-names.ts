/** Every family, in the order in which an SDK is best built. */
export const familyNames = [
  'encodings',
  'json-text',
  'code-segments',
  'plans',
  'images',
  'folds',
  'client-data',
  'android-key',
  'app-attest',
  'signatures',
  'proofs',
  'refusals',
  'protected-fetch',
  'behaviour',
] as const
