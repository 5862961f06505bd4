import type { ProblemTable } from './code-table.ts'

/** Form of a request. */
export const requestProblems = {
  json_invalid: {
    status: 400,
    title: 'The body is not well-formed JSON',
    meaning: 'The body is empty, not UTF-8 or not JSON, or holds a lone surrogate or a member `__proto__`.',
    action: 'Send well-formed JSON.',
  },
  json_duplicate_member: {
    status: 400,
    title: 'A JSON object names the same member twice',
    meaning: 'An object names the same member twice, which two parsers could read differently.',
    action: 'Name each member once.',
  },
  json_too_deep: {
    status: 400,
    title: 'The JSON is nested too deeply',
    meaning: 'Arrays and objects are nested more than 16 deep.',
    action: 'Send flatter JSON.',
  },
  request_invalid: {
    status: 400,
    title: 'The request does not have the required form',
    meaning:
      'Path, query or body does not have the required form, the upload ended early, or an app is given package or signers that its platform does not have (`other_platform`), or an API a setting that its kind of token does not have (`other_token_kind`). `errors` says where, never the value.',
    action:
      'Correct what `errors` points to; `--help` of a command says what it takes. From an SDK: update the older of SDK and service.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is larger than this endpoint accepts',
    meaning:
      'The body has more bytes than the endpoint takes: 8 KiB for challenges, 256 KiB for attestations, 64 KiB elsewhere, a build 512 MiB (limit `buildSize`); or it is JSON of more than 4,096 arrays, objects, members and elements.',
    action: 'Send less. For a build raise the limit (`assay serve --limit buildSize=BYTES`).',
  },
  body_too_slow: {
    status: 408,
    title: 'The body did not come in time',
    meaning:
      'A body was not complete 15 seconds after its request began (limit `bodyTime`), or a build came with less than 16 KiB a second (limit `uploadRate`).',
    action:
      'Send it again over a better connection. `assay serve` cannot change these limits; for slow connections use `limits` of `startService`.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'The media type is not one that this endpoint accepts',
    meaning: '`Content-Type` is not one that the endpoint takes.',
    action:
      'Send `application/json`; a build as `application/vnd.android.package-archive`, `application/x-android-app-bundle`, `application/x-android-apk-set`, `application/x-ios-app` or `application/zip`.',
  },
  not_found: {
    status: 404,
    title: 'No such resource',
    meaning: 'No endpoint has this path.',
    action:
      'Check the base URL (`--server`, `ASSAY_URL`): the address of the service itself, without a path of its own, and no proxy that rewrites paths.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The method is not one that this endpoint accepts',
    meaning: 'The path exists, the method does not.',
    action: 'Use a method that `Allow` lists.',
  },
  version_unsupported: {
    status: 400,
    title: 'The service does not speak this version of the protocol',
    meaning:
      'The request names a version of the protocol (`v`) that the service does not speak. `supported` lists those that it does.',
    action:
      'Update the older of the two: the service if all of `supported` are lower, otherwise the SDK. The SDK reports `service_outdated` or `sdk_outdated`.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'The network (/24 or /64) or the app has used up its quota at the public endpoints: by default 12,000 and 60,000 requests a minute, and 6,000 challenges of a network; a network has sent 60 API keys that do not exist within a minute; or an API key has sent more than 3,000 requests within a minute, or has 64 large requests waiting.',
    action:
      'Wait for the time in `Retry-After`. If the callers are genuine, such as phones behind the NAT of a carrier, raise the limit (`assay serve --limit network=REQUESTS/SECONDS challenges=REQUESTS/SECONDS app=REQUESTS/SECONDS key=REQUESTS/SECONDS`); behind a proxy name it (`--trusted-proxy ADDRESS`), or all callers look like one network.',
  },
} as const satisfies ProblemTable
