/** A problem of the HTTP API (RFC 9457): its code is stable, its title fixed, and nothing of the request is in either. */
export interface ProblemDefinition {
  status: number
  title: string
}

/** Every problem that the service answers with. `docs/errors.md` says what to do about each. */
export const problems = {
  // Form of a request
  json_invalid: { status: 400, title: 'The body is not well-formed JSON' },
  json_duplicate_member: { status: 400, title: 'A JSON object names the same member twice' },
  json_too_deep: { status: 400, title: 'The JSON is nested too deeply' },
  request_invalid: { status: 400, title: 'The request does not have the required form' },
  body_too_large: { status: 413, title: 'The body is larger than this endpoint accepts' },
  media_type_unsupported: { status: 415, title: 'The media type is not one that this endpoint accepts' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'The method is not one that this endpoint accepts' },
  version_unsupported: { status: 400, title: 'The service does not speak this version of the protocol' },
  rate_limited: { status: 429, title: 'Too many requests' },
  // Attestation
  app_not_registered: { status: 403, title: 'The app is not registered' },
  build_not_registered: { status: 403, title: 'The build is not registered for this app' },
  build_retired: { status: 403, title: 'The build has been retired' },
  build_below_minimum: { status: 403, title: 'The build is older than the app admits' },
  abi_not_registered: { status: 403, title: 'The ABI is not registered for this build' },
  audience_not_registered: { status: 403, title: 'The API is not registered for this app' },
  challenge_malformed: { status: 400, title: 'The challenge does not have the form of a challenge' },
  challenge_invalid: {
    status: 400,
    title: 'The challenge was not issued by this service for this app, build, key and plan',
  },
  challenge_expired: { status: 400, title: 'The challenge is past its time' },
  challenge_wrong_purpose: { status: 400, title: 'The challenge was issued for another purpose' },
  challenge_outdated: { status: 409, title: 'The challenge was issued before a fail-over' },
  challenge_used: { status: 409, title: 'The challenge has been used with other client data' },
  client_data_malformed: { status: 400, title: 'The client data does not have the required form' },
  client_data_signature_invalid: { status: 400, title: 'The signature over the client data does not verify' },
  evidence_list_mismatch: { status: 400, title: 'The evidence is not what the client data lists' },
  enrolment_required: { status: 409, title: 'There is nothing to refresh: the installation has to enrol' },
  development_refused: { status: 403, title: 'There is no development token for this request' },
  attestation_denied: { status: 403, title: 'The attestation was denied' },
  // Provisioning and management
  unauthorized: { status: 401, title: 'The API key is missing or not valid' },
  scope_insufficient: { status: 403, title: 'The API key may not do this' },
  app_exists: { status: 409, title: 'The app is registered already' },
  app_not_found: { status: 404, title: 'There is no such app' },
  build_exists: { status: 409, title: 'Another build is registered under this id' },
  build_not_found: { status: 404, title: 'There is no such build' },
  build_refused: { status: 422, title: 'The file cannot be registered as a build' },
  build_debuggable: { status: 422, title: 'The build is debuggable' },
  build_platform_mismatch: { status: 422, title: 'The file is not a build for the platform of this app' },
  package_mismatch: {
    status: 422,
    title: 'The package name of the file is not the one registered for this app',
  },
  signer_not_registered: { status: 403, title: 'The signing certificate is not one of this app' },
  policy_invalid: { status: 422, title: 'The policy does not hold' },
  policy_reserved: { status: 409, title: 'The policy is built in and cannot be changed' },
  policy_not_found: { status: 404, title: 'There is no such policy' },
  policy_in_use: { status: 409, title: 'An app or API uses the policy' },
  evidence_settings_invalid: { status: 422, title: 'The evidence settings do not fit the app' },
  api_exists: { status: 409, title: 'The API is registered already' },
  api_not_found: { status: 404, title: 'There is no such API' },
  key_not_found: { status: 404, title: 'There is no such API key' },
  anchor_not_found: { status: 404, title: 'No installation of this name has a vouching key' },
  anchor_is_batch: { status: 409, title: 'The vouching key is shared by a batch of devices' },
  ban_not_found: { status: 404, title: 'The vouching key is not banned' },
  trace_not_found: { status: 404, title: 'Nothing is kept under this trace id' },
  // Ours or a vendor's
  temporarily_unavailable: { status: 503, title: 'The service cannot answer at the moment' },
  internal_error: { status: 500, title: 'The service has a fault' },
} as const satisfies Record<string, ProblemDefinition>

export type ProblemCode = keyof typeof problems

export const problemCodes = Object.keys(problems) as ProblemCode[]

/** `type` member of a problem document. */
export function problemType(code: ProblemCode): string {
  return `urn:assay:problem:${code}`
}

/** A problem document as it goes over the wire. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  /** Names the exchange to the operator. */
  trace?: string
  /** For `request_invalid`: where and what, never the value. */
  errors?: { pointer: string; code: string }[]
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: number[]
  /** For `build_refused`: the reader's own code. */
  reason?: string
}
