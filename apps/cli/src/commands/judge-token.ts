import {
  readConfirmationKey,
  appIdPattern,
  buildIdPattern,
  decodeCompactJws,
  jwtTypes,
  longestTokenLifetime,
  platforms,
  tiers,
  tokenAlgorithms,
  tokenModes,
  type JsonObject,
  type JsonValue,
  type Jwks,
} from '@assay/protocol'

/** Why a guard would refuse a token: the codes of the guard's own log, in the order in which they are found. */
export const tokenFaults = {
  TOKEN_MALFORMED: 'It is not three base64url parts of strict JSON.',
  TOKEN_TYPE: `Its \`typ\` is not ${jwtTypes.attestation}: it is another kind of JWT.`,
  TOKEN_ALGORITHM: `Its \`alg\` is not ${tokenAlgorithms.join(' or ')}, or not the algorithm of the key that it names.`,
  TOKEN_CRITICAL: 'Its header requires an extension (`crit`); the service issues none.',
  TOKEN_KEY_ID: 'Its header names no key (`kid`).',
  TOKEN_KEY_UNKNOWN:
    'The service publishes no such key: it is a token of another service, or the key has been withdrawn.',
  TOKEN_SIGNATURE: 'The signature is not valid under the key that it names: the token was changed or forged.',
  TOKEN_ISSUER: 'Its issuer is not this service.',
  TOKEN_AUDIENCE: 'It is for another API.',
  TOKEN_CLAIMS: 'A claim is missing or malformed.',
  TOKEN_CONFIRMATION_KEY: 'It does not name exactly one P-256 public key as that of its holder (`cnf`).',
  TOKEN_LIFETIME: 'Its lifetime is longer than its mode allows, or not positive.',
  TOKEN_NOT_YET_VALID: 'It was issued in the future: clocks differ.',
  TOKEN_EXPIRED: 'It has expired.',
  TIER_NOT_ADMITTED: 'Its tier is `none`, which no API admits.',
} as const
export type TokenFault = keyof typeof tokenFaults

/** What a token must agree with. */
export interface TokenExpectations {
  jwks: Jwks
  issuer: string
  /** `undefined`: any. */
  audience: string | undefined
  /** Unix seconds. */
  now: number
}

export interface TokenJudgement {
  /** Whether a key of the service made the signature. If not, nothing in `header` and `claims` may be trusted. */
  authentic: boolean
  faults: TokenFault[]
  header: JsonObject
  claims: JsonObject
}

/** Seconds by which clocks may differ: the default of guards. */
const clockTolerance = 10

/** Finds everything that is wrong with a token, not only the first fault. */
export async function judgeToken(token: string, expected: TokenExpectations): Promise<TokenJudgement> {
  const decoded = decodeCompactJws(token)
  if (decoded === undefined) {
    return { authentic: false, faults: ['TOKEN_MALFORMED'], header: {}, claims: {} }
  }
  const { header, payload: claims } = decoded
  const faults = headerFaults(header)
  const unsigned = faults.length > 0 ? undefined : await signatureFault(token, expected.jwks)
  if (unsigned !== undefined) faults.push(unsigned)
  const authentic = faults.length === 0
  return { authentic, faults: [...faults, ...claimFaults(claims, expected)], header, claims }
}

function headerFaults({ typ, alg, crit, kid }: JsonObject): TokenFault[] {
  const faults: TokenFault[] = []
  if (typ !== jwtTypes.attestation) faults.push('TOKEN_TYPE')
  if (!isOneOf(tokenAlgorithms, alg)) faults.push('TOKEN_ALGORITHM')
  if (crit !== undefined) faults.push('TOKEN_CRITICAL')
  if (typeof kid !== 'string' || kid === '') faults.push('TOKEN_KEY_ID')
  return faults
}

async function signatureFault(token: string, jwks: Jwks): Promise<TokenFault | undefined> {
  // Loaded only here: other commands start faster without it.
  const { compactVerify, createLocalJWKSet, errors } = await import('jose')
  try {
    const keys = createLocalJWKSet(jwks)
    await compactVerify(token, keys, { algorithms: [...tokenAlgorithms] })
    return undefined
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'TOKEN_KEY_UNKNOWN'
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE'
    if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM'
    throw error
  }
}

function claimFaults(claims: JsonObject, expected: TokenExpectations): TokenFault[] {
  const { iss, aud, cnf, ear_status: tier } = claims
  const faults: TokenFault[] = []
  if (iss !== expected.issuer) faults.push('TOKEN_ISSUER')
  if (expected.audience !== undefined && aud !== expected.audience) faults.push('TOKEN_AUDIENCE')
  if (!hasForm(claims)) faults.push('TOKEN_CLAIMS')
  if (readConfirmationKey(cnf) === undefined) faults.push('TOKEN_CONFIRMATION_KEY')
  faults.push(...timeFaults(claims, expected.now))
  if (tier === 'none') faults.push('TIER_NOT_ADMITTED')
  return faults
}

function hasForm(claims: JsonObject): boolean {
  const { sub, aud, build, jti, installation, platform, ear_status: tier, mode, iat, exp } = claims
  return (
    typeof sub === 'string' &&
    appIdPattern.test(sub) &&
    typeof build === 'string' &&
    buildIdPattern.test(build) &&
    [aud, jti, installation].every((text) => typeof text === 'string' && text !== '') &&
    isOneOf(platforms, platform) &&
    isOneOf(tiers, tier) &&
    isOneOf(tokenModes, mode) &&
    isTime(iat) &&
    isTime(exp)
  )
}

function timeFaults({ iat, exp, mode }: JsonObject, now: number): TokenFault[] {
  if (!isTime(iat) || !isTime(exp)) return []
  const longest = longestTokenLifetime[mode === 'bearer' ? 'bearer' : 'bound']
  const faults: TokenFault[] = []
  if (exp <= iat || exp - iat > longest) faults.push('TOKEN_LIFETIME')
  if (iat > now + clockTolerance) faults.push('TOKEN_NOT_YET_VALID')
  if (now >= exp + clockTolerance) faults.push('TOKEN_EXPIRED')
  return faults
}

export function isTime(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isOneOf(values: readonly string[], value: JsonValue | undefined): boolean {
  return typeof value === 'string' && values.includes(value)
}
