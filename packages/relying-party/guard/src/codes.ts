import type { CodeText } from '@assay/protocol'
import type { GuardMalfunctionCode } from './faults/malfunction.ts'
import type { GuardProblemCode, GuardRefusalCode } from './faults/refusal.ts'
import { type GuardErrorCode, publicProblem, refusalStatus } from './guard/decision.ts'
import type { StatusListFaultCode } from './remote/status-list-error.ts'
import { proofMethods } from './request/presented.ts'
import { tokenKinds } from '@assay/protocol'

/** Why a request is refused: the request, its token or its proof is at fault. */
export const guardRefusals = {
  // The request
  REQUEST_FIELDS_TOO_LARGE: {
    meaning:
      'Token and proof together are longer than `maxFieldLength` (6,144), or `Authorization` is longer than 8,192 characters.',
    action: 'Raise `maxFieldLength` if genuine tokens are that long. The bound of `Authorization` is fixed.',
  },
  REQUEST_TARGET_UNUSABLE: {
    meaning:
      'The request target has a `#`; or a proof covers it, and it is neither a path nor an http URL, or its path is longer than 4,096 characters.',
    action:
      'Check what the adapter passes as `url`. No client sends a `#`: somebody tries how the parts of the API read it.',
  },
  REQUEST_ORIGIN_UNKNOWN: {
    meaning:
      '`X-Forwarded-Proto` and `X-Forwarded-Host` do not name, each once, a URL listed under `forwarded`.',
    action: 'Let the proxy set both, and list the public URL.',
  },
  AUTHORIZATION_REPEATED: {
    meaning: '`Authorization` came more than once.',
    action: 'Find out what adds the second one.',
  },
  AUTHORIZATION_MALFORMED: {
    meaning: '`Authorization` has the scheme Bearer or DPoP, but no `b64token` (RFC 6750 section 2.1).',
    action:
      'Correct the caller. A token with other characters, such as a vertical bar, must be sent in another scheme or field.',
  },
  // The token: form and signature
  TOKEN_MISSING: {
    meaning:
      'The request has no `OAuth-Client-Attestation`, or for `tokenKind: access` no `Authorization` with a token: a script sent it, an app without the SDK, or a browser that asks first (`OPTIONS`, CORS): a preflight never has one.',
    action:
      'Do nothing if the caller is not yours. For `OPTIONS`: answer CORS before the guard. Otherwise check that gateways pass the header on.',
  },
  TOKEN_REPEATED: {
    meaning: '`OAuth-Client-Attestation` came more than once.',
    action: 'Find out what adds the second one.',
  },
  TOKEN_MALFORMED: {
    meaning: 'Not three base64url segments of strict JSON.',
    action: 'Check that nothing on the way truncates headers; otherwise it is a forgery.',
  },
  TOKEN_KIND: {
    meaning:
      'The token is of the other kind than `tokenKind`, or is in the field of the other kind, or the request has both kinds: an attestation token is in `OAuth-Client-Attestation`, an access token in `Authorization`.',
    action:
      "Make the guard's `tokenKind` equal to the registered one (`assay api list`). If it is, somebody passes a token off as the other kind.",
  },
  TOKEN_SCHEME: {
    meaning:
      'The access token came with another scheme than that of its mode: `DPoP` for bound, `Bearer` for bearer.',
    action:
      "Make the guard's `mode` equal to the registered one. A bound token sent as `Bearer` is usually a stolen one.",
  },
  TOKEN_TYPE: {
    meaning: '`typ` is not that of a token: this is another kind of JWT.',
    action: 'Correct the caller, which sends something else in this field, such as its user’s own token.',
  },
  TOKEN_ALGORITHM: {
    meaning: '`alg` is not ES256 or Ed25519, or not that of the key.',
    action: 'Usually a forgery.',
  },
  TOKEN_CRITICAL: {
    meaning: 'The header requires an extension (`crit`); the service issues none.',
    action: 'Usually a forgery.',
  },
  TOKEN_KEY_ID: { meaning: '`kid` is missing or malformed.', action: 'Usually a forgery.' },
  TOKEN_KEY_UNKNOWN: {
    meaning:
      'The issuer publishes no such key: the token is from another service, or the key has been withdrawn.',
    action: 'Check `jwks` against the service that the apps use.',
  },
  TOKEN_SIGNATURE: { meaning: "The signature is not the issuer's.", action: 'Usually a forgery.' },
  // The token: claims
  TOKEN_ISSUER: {
    meaning: '`iss` is not the configured `issuer`.',
    action: "Make the guard's `issuer` equal to the service's public URL: `localhost` is not `127.0.0.1`.",
  },
  TOKEN_AUDIENCE: {
    meaning: 'The token is for another API.',
    action:
      "Compare the guard's `audience`, the registered API and the SDK's `audiences`: a trailing slash counts.",
  },
  TOKEN_CLAIMS: {
    meaning: 'A claim is missing or malformed.',
    action: 'Update the older of guard and service.',
  },
  TOKEN_CONFIRMATION_KEY: {
    meaning: '`cnf` does not hold exactly one P-256 public key, or in an access token one thumbprint.',
    action: 'Update the older of guard and service.',
  },
  TOKEN_LIFETIME: {
    meaning:
      'The token lives longer than its mode allows (bound 900 s, bearer and access tokens 300 s), or not at all.',
    action: 'Check who issues these tokens.',
  },
  TOKEN_NOT_YET_VALID: {
    meaning: '`iat` is more than `clockTolerance` (10 s) in the future.',
    action: 'Set the clocks of service and API.',
  },
  TOKEN_EXPIRED: {
    meaning: 'The token has expired.',
    action: 'Do nothing: clients renew it. If all tokens have expired, set the clock.',
  },
  TOKEN_MODE: {
    meaning: 'A bearer token came to an API in bound mode, or the other way round.',
    action: "Make the guard's `mode` equal to the registered one.",
  },
  TOKEN_DEVELOPMENT: {
    meaning:
      'A development token came to a production guard, or a production token to a guard with `development: true`.',
    action:
      'In production do nothing: somebody is trying. On a developer’s machine give the guard `development: true` and the `jwks` for development.',
  },
  TOKEN_DENIED: {
    meaning: 'The token, key, installation, app or build is on the deny list.',
    action: 'Do nothing: this is what the list is for.',
  },
  TOKEN_BUILD_RETIRED: {
    meaning: 'The status list names the build as retired.',
    action: 'Users update the app.',
  },
  TOKEN_BANNED: {
    meaning: 'The status list names the installation: the key behind it is banned.',
    action: 'If it was a mistake, lift the ban (`assay ban remove`); `assay ban list` shows it.',
  },
  // What the token is accepted for
  APP_NOT_ADMITTED: {
    meaning: "The app is genuine, but not one of the route's `apps`.",
    action: 'Add it to `apps`, if it may call this route.',
  },
  TIER_NOT_ADMITTED: {
    meaning: "The tier is not one of the route's `tiers`, or is `none`, which is accepted nowhere.",
    action: 'Compare `tiers` with those of the registered API; try it in `observe` first.',
  },
  // The proof
  PROOF_MISSING: {
    meaning: 'A bound token came without a proof: it was stolen, or the client does not know proofs.',
    action: 'Call through the SDK. Check that gateways pass `DPoP` on.',
  },
  PROOF_REPEATED: {
    meaning: "The proof's header came more than once.",
    action: 'Find out what adds the second one.',
  },
  PROOF_METHOD_NOT_ADMITTED: {
    meaning: 'The proof uses a method that is not one of `proofs`.',
    action: 'Add the method to `proofs`, or change the client.',
  },
  PROOF_MALFORMED: { meaning: 'Not three base64url segments of strict JSON.', action: 'Correct the client.' },
  PROOF_TYPE: { meaning: '`typ` is not that of the method.', action: 'Correct the client.' },
  PROOF_ALGORITHM: { meaning: '`alg` is not ES256.', action: 'Correct the client.' },
  PROOF_CRITICAL: {
    meaning: 'The header requires an extension (`crit`); none is known.',
    action: 'Correct the client.',
  },
  PROOF_KEY: { meaning: '`jwk` is missing or is not a P-256 public key.', action: 'Correct the client.' },
  PROOF_KEY_MISMATCH: {
    meaning: "The proof is by another key than the token's.",
    action: 'Usually a stolen token.',
  },
  PROOF_SIGNATURE: {
    meaning: "The signature is not by the token's key.",
    action: 'Usually a stolen token or a forgery.',
  },
  PROOF_CLAIMS: {
    meaning:
      '`iat`, or `exp` or `nbf` where present, is not a time in seconds; or `htm` or `htu` is missing.',
    action: 'Correct the client.',
  },
  PROOF_HTM: {
    meaning: 'The proof is for another method.',
    action: 'Make a proof for each request. Check that no proxy changes the method.',
  },
  PROOF_HTU: {
    meaning: 'The proof is for another URL.',
    action:
      'If all proofs fail like this: `publicBaseUrl` (default: the audience) plus the path as the guard sees it must be the URL that clients call. For an audience with a path set the origin, unless a proxy strips that path.',
  },
  PROOF_AUDIENCE: { meaning: '`aud` of the PoP JWT is not this API.', action: 'Correct the client.' },
  PROOF_TOO_OLD: {
    meaning:
      'The proof is older than `proofMaxAge` (60 s), past its own `exp`, or older than what the shared replay store remembers (after its restart or fail-over).',
    action:
      'Make the proof when the request is sent. If there are many, set the clock; in the ten seconds after a fail-over of the store this is expected.',
  },
  PROOF_FROM_FUTURE: {
    meaning:
      'The proof was made, or becomes valid by its own `nbf`, more than `clockTolerance` in the future.',
    action: "Set the API's clock. The SDK dates proofs by the service's clock.",
  },
  PROOF_ATH_MISSING: {
    meaning: '`Authorization` has a token that the proof does not cover.',
    action: 'Give `proof()` the `authorization` that will be sent.',
  },
  PROOF_ATH: {
    meaning: 'The proof covers another access token, or one that did not arrive.',
    action: 'As for `PROOF_ATH_MISSING`; and check that gateways pass `Authorization` on unchanged.',
  },
  PROOF_JTI: {
    meaning: '`jti` is missing, or not 8 to 128 printable characters.',
    action: 'Correct the client.',
  },
  PROOF_REPLAYED: {
    meaning: 'The proof has been used.',
    action: 'Make a proof for each attempt, retries by proxies included. Otherwise it is a replay.',
  },
  PROOF_SHARE_SPENT: {
    meaning:
      'The key has used its share: a tenth of the free space of the in-memory store, or `perKey` requests (6,000) a minute on Valkey.',
    action:
      'Slow that client down, or raise `perKey`. If the in-memory store refuses many clients, see `REPLAY_STORE_FULL`.',
  },
  NONCE_MISSING: {
    meaning: '`nonces` is set, and the proof has no nonce: this is normal for a first request.',
    action: 'Do nothing: clients send the request again.',
  },
  NONCE_INVALID: {
    meaning: 'The nonce is too old, or was issued by another node or for another API.',
    action:
      'Do nothing if this is rare. If not, requests of one client reach several nodes: let these share a replay store and a key (`createValkeyReplayStore`, `createValkeyNonces`). A shared key alone makes a proof valid once per node.',
  },
} as const satisfies Record<GuardRefusalCode, CodeText>

/** Why a request could not be judged: the fault is on this side, and the request may be sent again. */
export const guardMalfunctions = {
  CLOCK_FAILED: {
    meaning: '`clock` threw, or did not return a time.',
    action: 'Make `clock` return Unix milliseconds.',
  },
  CRYPTO_FAILED: { meaning: '`crypto` threw.', action: 'See `cause`.' },
  KEY_SOURCE_FAILED: {
    meaning: "The issuer's keys are not available, and the known ones are too old or lack this one.",
    action: 'See `cause`; check that the API reaches the URL in `jwks`.',
  },
  REPLAY_STORE_FAILED: {
    meaning:
      '`replayStore` failed or did not answer within `portTimeout` (2 s); or, with the in-memory store, the clock was set back.',
    action: 'Check the store. If a clock was set back, this passes by itself.',
  },
  REPLAY_STORE_FULL: {
    meaning: 'The in-memory store holds as many proofs as it may (100,000).',
    action: 'Raise `capacity` to the requests of `proofMaxAge` plus three times `clockTolerance`.',
  },
  NONCE_SOURCE_FAILED: {
    meaning: '`nonces` failed, answered too late or gave a malformed answer.',
    action: 'Check the nonce source.',
  },
  DENY_LIST_FAILED: {
    meaning: '`denyList` failed, answered too late or gave a malformed answer.',
    action: 'Check the deny list.',
  },
  STATUS_LIST_FAILED: {
    meaning: '`statusList` is set, but no list is available, or only one that is too old.',
    action:
      'See `cause`, and check that this machine reaches `/v1/status/…` of the service. Its `code`, if it has one, stands under “Guard: status lists”.',
  },
  GUARD_FAILED: {
    meaning: 'The guard has an unexpected fault.',
    action: 'See `cause`, and report it.',
  },
} as const satisfies Record<GuardMalfunctionCode, CodeText>

/**
 * `cause.code` of `STATUS_LIST_FAILED` and of `onStale`: why a list that has come is not taken. Without one, the fetch
 * itself has failed.
 */
export const statusListFaults = {
  STATUS_LIST_ANSWER: {
    meaning: 'The service answers with another status than 200 or 304.',
    action: 'For 404: register the API under the very `audience` of the guard. Otherwise look at the proxy.',
  },
  STATUS_LIST_MALFORMED: {
    meaning: 'What has come is no status list.',
    action: 'Check `statusList.url`, and update the older of guard and service.',
  },
  STATUS_LIST_SIGNATURE: {
    meaning: 'The list is not signed by a key that the issuer publishes.',
    action:
      'Check `jwks` and `statusList.url`: they must lead to the same service. Otherwise it is a forgery.',
  },
  STATUS_LIST_AUDIENCE: {
    meaning: 'The list is of another service, or for another API.',
    action: 'Check `issuer`, `audience` and `statusList.url`.',
  },
  STATUS_LIST_TIMES: {
    meaning: 'The list is past its hour, or from the future.',
    action: 'Set the clocks of service and API, and see that no cache ignores `no-cache`.',
  },
  STATUS_LIST_OLDER: {
    meaning: 'The list was signed before the one that the guard holds: it would lift bans.',
    action: 'See that no cache ignores `no-cache`. Otherwise somebody replays old lists.',
  },
  STATUS_LIST_SHARDS: {
    meaning: 'The list names more shards than there may be (1,024), or a number that is no power of two.',
    action: 'Update the older of guard and service.',
  },
  STATUS_SHARD_ANSWER: {
    meaning: 'The service answers with another status than 200 for a shard that the list names.',
    action:
      'Do nothing if this is rare. For 404: see that the proxy passes on `/v1/status/API/DIGEST`, not only `/v1/status/API`.',
  },
  STATUS_SHARD_SIZE: {
    meaning: 'A shard is longer than 65,536 bytes.',
    action: 'Look at the proxy: it is not what the service made.',
  },
  STATUS_SHARD_DIGEST: {
    meaning:
      'The bytes of a shard are not those that the list names: forged, cut, old, or those of another one.',
    action: 'Look at caches and proxies between guard and service. Otherwise it is a forgery.',
  },
  STATUS_SHARD_CONTENT: {
    meaning:
      'A shard is signed for, but not in ascending order, not of whole prefixes, or in the wrong place.',
    action: 'Update the older of guard and service.',
  },
} as const satisfies Record<StatusListFaultCode, CodeText>

/** The codes on the wire: those of the standards, and four of ours for cases without one. */
export const guardProblems = {
  attestation_required: {
    meaning: 'The request has no token.',
    action: "Call through the SDK's `fetch`, or add the headers of `proof()`.",
  },
  invalid_client_attestation: {
    meaning: 'The token or its PoP JWT is not valid here.',
    action: "Get another token. If this persists, ask the API's operator to look at the log.",
  },
  use_fresh_attestation: { meaning: 'The token has expired.', action: 'Get another token; the SDK does.' },
  use_attestation_challenge: {
    meaning: 'The PoP JWT needs the challenge of this response.',
    action: 'Send it again with the value of `OAuth-Client-Attestation-Challenge`.',
  },
  invalid_dpop_proof: {
    meaning: 'The proof is not valid for this request.',
    action: 'Make a new proof for each request, for its method, URL and access token.',
  },
  use_dpop_nonce: {
    meaning: 'The proof needs the nonce of this response.',
    action: 'Send it again with the value of `DPoP-Nonce`; the SDK does.',
  },
  invalid_token: {
    meaning:
      'The token came without a proof, in the wrong mode or of the wrong kind, or is denied; or `Authorization` cannot be read. An access token: it is not valid here, or has expired.',
    action:
      "Send token, proof and one `Authorization` header; an access token: get another, as the SDK does. If this persists, ask the API's operator to look at the log.",
  },
  insufficient_attestation: {
    meaning: 'The token is valid, but its app or tier is not accepted here.',
    action: "Do nothing on this device; ask the API's operator to look at the log.",
  },
  fields_too_large: {
    meaning: 'Token, proof or `Authorization` is longer than the API reads.',
    action: "Send shorter ones, or raise the guard's `maxFieldLength`.",
  },
  too_many_requests: {
    meaning: 'This key has sent more requests than it may within a minute.',
    action: 'Send it again after `Retry-After`, with a new proof.',
  },
  temporarily_unavailable: {
    meaning: 'The guard cannot judge the request at the moment.',
    action: 'Send it again after `Retry-After`, with a new proof.',
  },
} as const satisfies Record<GuardProblemCode, CodeText>

export const guardRefusalCodes = Object.keys(guardRefusals) as readonly GuardRefusalCode[]
export const guardMalfunctionCodes = Object.keys(guardMalfunctions) as readonly GuardMalfunctionCode[]
export const guardErrorCodes: readonly GuardErrorCode[] = [...guardRefusalCodes, ...guardMalfunctionCodes]
export const guardProblemCodes = Object.keys(guardProblems) as readonly GuardProblemCode[]

/** The answer to the caller for a code of the log: with each proof method and kind of token, if they differ. */
export function answersTo(code: GuardErrorCode): readonly GuardProblemCode[] {
  if (Object.hasOwn(guardMalfunctions, code)) return ['temporarily_unavailable']
  const answers = tokenKinds.flatMap((kind) =>
    (kind === 'access' ? (['dpop'] as const) : proofMethods).map((method) =>
      publicProblem(code as GuardRefusalCode, method, kind),
    ),
  )
  return [...new Set(answers)]
}

export function statusOfAnswer(problem: GuardProblemCode): number {
  return problem === 'temporarily_unavailable' ? 503 : refusalStatus(problem)
}
