/**
 * Ids of the attacks that `npm test` carries out; `npm run test:all` adds the others. They are at both levels of Assay, each with a twin
 * that is served, and need no tool that a machine may lack.
 */
export const smoke: readonly string[] = [
  'plain-script',
  'one-bit-changed',
  'segment-renamed',
  'sdk-headless',
  'token-expired',
  'retired-build',
  'registered-by-stranger',
  'answer-replayed',
  'challenge-used-again',
  'challenge-redated',
  'measurement-of-other-challenge',
  'evidence-stripped',
  'json-duplicate-members',
  'token-stolen',
  'token-other-audience',
  'token-claims-changed',
  'proof-other-method',
  'proof-replayed',
  'fields-doubled',
  'banned-software-key',
]
