import {
  readConfirmationKey,
  readConfirmationThumbprint,
  appIdPattern,
  buildIdPattern,
  decodeCompactJws,
  jwtTypes,
  longestAccessTokenLifetime,
  longestTokenLifetime,
  platforms,
  tiers,
  tokenAlgorithms,
  tokenModes,
  type JsonObject,
  type JsonValue,
  type Jwks,
  type TokenKind,
} from '@assay/protocol'

/** Why a guard would refuse a token: the codes of the guard's own log, in the order in which they are found. */
export const tokenFaults = {
  TOKEN_MALFORMED: 'It is not three base64url parts of strict JSON.',
  TOKEN_TYPE: `Its \`typ\` is not ${jwtTypes.attestation} or ${jwtTypes.access}: it is another kind of JWT.`,
  TOKEN_ALGORITHM: `Its \`alg\` is not ${tokenAlgorithms.join(' or ')}, or not the algorithm of the key that it names.`,
  TOKEN_CRITICAL: 'Its header requires an extension (`crit`); the service issues none.',
  TOKEN_KEY_ID: 'Its header names no key (`kid`).',
  TOKEN_KEY_UNKNOWN:
    'The service publishes no such key: it is a token of another service, or the key has been withdrawn.',
  TOKEN_SIGNATURE: 'The signature is not valid under the key that it names: the token was changed or forged.',
  TOKEN_ISSUER: 'Its issuer is not this service.',
  TOKEN_AUDIENCE: 'It is for another API.',
  TOKEN_CLAIMS: 'A claim is missing or malformed.',
  TOKEN_CONFIRMATION_KEY:
    'It does not name exactly one P-256 public key as that of its holder (`cnf`), or as an access token exactly one thumbprint.',
  TOKEN_LIFETIME: 'Its lifetime is longer than its mode and kind allow, or not positive.',
  TOKEN_NOT_YET_VALID: 'It was issued in the future: clocks differ.',
  TOKEN_EXPIRED: 'It has expired.',
  TIER_NOT_ADMITTED:
    'Its tier is `none`, which no API admits, or `contraindicated`, for which there is no access token.',
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
  return { authentic, faults: [...faults, ...claimFaults(kindOf(header), claims, expected)], header, claims }
}

/** An access token says who its holder is and what it is about in other claims. What has another type counts as the usual kind. */
export function kindOf({ typ }: JsonObject): TokenKind {
  return typ === jwtTypes.access ? 'access' : 'attestation'
}

function headerFaults({ typ, alg, crit, kid }: JsonObject): TokenFault[] {
  const faults: TokenFault[] = []
  if (typ !== jwtTypes.attestation && typ !== jwtTypes.access) faults.push('TOKEN_TYPE')
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

function claimFaults(kind: TokenKind, claims: JsonObject, expected: TokenExpectations): TokenFault[] {
  const { iss, aud, cnf, ear_status: tier } = claims
  const faults: TokenFault[] = []
  if (iss !== expected.issuer) faults.push('TOKEN_ISSUER')
  if (expected.audience !== undefined && aud !== expected.audience) faults.push('TOKEN_AUDIENCE')
  if (!hasForm(kind, claims)) faults.push('TOKEN_CLAIMS')
  if (!namesHolder(kind, cnf)) faults.push('TOKEN_CONFIRMATION_KEY')
  faults.push(...timeFaults(kind, claims, expected.now))
  if (tier === 'none' || (kind === 'access' && tier === 'contraindicated')) faults.push('TIER_NOT_ADMITTED')
  return faults
}

/** As bearer, an access token names no key. */
function namesHolder(kind: TokenKind, cnf: JsonValue | undefined): boolean {
  if (kind === 'attestation') return readConfirmationKey(cnf) !== undefined
  return cnf === undefined || readConfirmationThumbprint(cnf) !== undefined
}

function hasForm(kind: TokenKind, claims: JsonObject): boolean {
  const { sub, client_id, aud, build, jti, platform, ear_status: tier, mode, iat, exp } = claims
  const [app, installation] = kind === 'access' ? [client_id, sub] : [sub, claims['installation']]
  return (
    typeof app === 'string' &&
    appIdPattern.test(app) &&
    typeof build === 'string' &&
    buildIdPattern.test(build) &&
    [aud, jti, installation].every((text) => typeof text === 'string' && text !== '') &&
    isOneOf(platforms, platform) &&
    isOneOf(tiers, tier) &&
    (kind === 'access' ? mode === undefined : isOneOf(tokenModes, mode)) &&
    isTime(iat) &&
    isTime(exp)
  )
}

function timeFaults(kind: TokenKind, { iat, exp, mode }: JsonObject, now: number): TokenFault[] {
  if (!isTime(iat) || !isTime(exp)) return []
  const longest =
    kind === 'access'
      ? longestAccessTokenLifetime
      : longestTokenLifetime[mode === 'bearer' ? 'bearer' : 'bound']
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
