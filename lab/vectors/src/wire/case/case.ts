/** Values that any language reads from JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What is asked of an SDK, and what it has to answer: a value, or the code with which it refuses. */
export interface Case {
  /** Unique within its family. */
  readonly id: string
  /** What an SDK has to have for this case to mean anything to it; one that lacks it skips the case. */
  readonly needs?: Feature | VerifierFeature
  readonly input: { readonly [name: string]: Json }
  readonly output?: Json
  readonly error?: string
  /** What the error says besides its code. */
  readonly details?: { readonly [name: string]: Json }
}

/**
 * - `source`: functions whose text the engine shows.
 * - `whatwg-url`: URLs repaired as browsers repair them.
 * - `der`: a signer that gives signatures in DER.
 * - `one-key`: a key store whose keys are made for a challenge and attested at their birth.
 * - `abi`: native code by ABI.
 * - `modules`: an app whose modules a device need not have.
 * - `pop`: proofs for an audience instead of a request (draft-ietf-oauth-attestation-based-client-auth-10 section 5.2).
 * - `fetch`: requests to protected APIs that the SDK sends itself, or through the platform's client.
 * - `redirects`: an HTTP client that follows redirects by itself, so that the SDK sees each hop.
 * - `no-redirects`: an HTTP client that hands redirects to the SDK.
 * - `apk`, `ipa`, `web`: a reader for builds of that format.
 */
export const features = [
  'source',
  'whatwg-url',
  'der',
  'one-key',
  'abi',
  'modules',
  'pop',
  'fetch',
  'redirects',
  'no-redirects',
  'apk',
  'ipa',
  'web',
] as const
export type Feature = (typeof features)[number]

/** What a verifier need not have; its cases are in `requests.json`. `pop` is among them as well. */
export const verifierFeatures = [
  'access',
  'bearer',
  'deny-list',
  'development',
  'fetched-keys',
  'forwarded',
  'memory-store',
  'nonces',
  'ports',
  'status-list',
] as const
export type VerifierFeature = (typeof verifierFeatures)[number]

/** One file of vectors. */
export interface Family {
  readonly name: string
  /** What the cases show, for who reads the file. */
  readonly about: string
  /** Cases, at least: a file that lost its cases must not pass. */
  readonly floor: { readonly accepted: number; readonly refused: number }
  readonly cases: readonly Case[]
}

export function accept(id: string, input: Case['input'], output: Json): Case {
  return { id, input, output }
}

export function refuse(id: string, input: Case['input'], error: string): Case {
  return { id, input, error }
}

/** How many cases want a value, and how many a refusal. */
export function countOf({ cases }: Pick<Family, 'cases'>): Family['floor'] {
  const refused = cases.filter(({ error }) => error !== undefined).length
  return { accepted: cases.length - refused, refused }
}

/** Every family, in the order in which an SDK is best built. */
export const familyNames = [
  'encodings',
  'json-text',
  'code-segments',
  'resource-folders',
  'tool-names',
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
