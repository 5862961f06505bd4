import type { CodeTable } from '@assay/protocol'

/** A title is fixed, and contains nothing of the request. */
type ProblemTable = CodeTable<{ readonly status: number; readonly title: string }>

/** Why the proxy refuses a request that the guard has not judged, or has admitted. Nothing of it reaches the upstream. */
export const proxyRefusals = {
  PROXY_MESSAGE: {
    status: 400,
    title: 'The request is not a message of HTTP/1.1',
    meaning:
      'The parser refuses the request: two lengths, a length and chunks, a folded field, a bare CR, fields of more than 16 kB, or a request that does not end. The connection is closed.',
    action: 'No client sends that by itself: somebody tries to hide one request in another.',
  },
  PROXY_TARGET: {
    status: 400,
    title: 'The request target is not in a form that this API accepts',
    meaning:
      'The request target is no path from `/` in the characters of RFC 3986, or has a `#`, an empty or dot segment, or an escaped slash, backslash, percent sign or control character.',
    action: 'No client sends that by itself: somebody tries how the parts of the API read it.',
  },
  PROXY_QUERY: {
    status: 400,
    title: 'The query is not in a form that this API accepts',
    meaning:
      'The query is longer than 8,192 characters, has characters that no query has, or hides a parameter that the route injects behind a `;`.',
    action: 'Correct the caller.',
  },
  PROXY_FIELDS: {
    status: 400,
    title: 'The fields of the request are not in a form that this API accepts',
    meaning:
      '`Connection` names another field, `Transfer-Encoding` is not `chunked`, or a GET or HEAD has a body.',
    action:
      'No client sends that by itself: somebody tries to take fields away from the request, or to add another.',
  },
  PROXY_UPGRADE: {
    status: 400,
    title: 'This route has no upgrade',
    meaning:
      'The request asks for an upgrade of the connection, and the route has no `upgrade`, or it is none to `websocket`.',
    action: 'Give the route `upgrade`, if the upstream talks WebSocket there.',
  },
  PROXY_ROUTE: {
    status: 404,
    title: 'This API has no such route',
    meaning: 'No route has this path.',
    action: 'Add a route, if the app may call it. Otherwise do nothing.',
  },
  PROXY_METHOD: {
    status: 405,
    title: 'This route does not have this method',
    meaning: 'A route has this path, but not with this method.',
    action: 'Add the method to the route, if the app may use it.',
  },
  PROXY_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is larger than this route accepts',
    meaning:
      "The body is larger than the route's `body.most_bytes`, or than 1 MB where members are demanded.",
    action: 'Raise it, if genuine bodies are that large.',
  },
  PROXY_BODY_TYPE: {
    status: 415,
    title: 'The body must be JSON, without a content encoding',
    meaning: 'The route demands members of a JSON body, and the body is of another type, or encoded.',
    action: 'Let the app send `application/json` without `Content-Encoding`.',
  },
  PROXY_BODY_MALFORMED: {
    status: 400,
    title: 'The body is not JSON that has one meaning',
    meaning:
      'The body is not UTF-8 JSON of an object, names a member twice (also in other case, where it is demanded), has an integer beyond 2^53, or more than 64 levels.',
    action: 'Correct the caller. Somebody may try how the parts of the API read it.',
  },
  PROXY_BODY_NOT_ADMITTED: {
    status: 403,
    title: 'The body asks for more than this route allows',
    meaning: 'A member that the route demands is missing, or its value is not allowed.',
    action:
      'Compare the app with `json.demand` of the route. Otherwise somebody asks for what it should not get.',
  },
  PROXY_BODY_INCOMPLETE: {
    status: 400,
    title: 'The body did not come in time',
    meaning:
      'The connection ended, or the time of the route was over, before the body had come; or a body that is read whole took longer than 120 s, or after 10 s came slower than 2 KiB a second on average.',
    action: 'Nothing, if it is rare. Otherwise somebody tries to occupy the proxy.',
  },
  PROXY_BODIES_SHARE: {
    status: 429,
    title: 'Too much of this installation is under way',
    meaning: 'Bodies of the installation that are held in memory would take more than 4 MiB.',
    action:
      'Nothing, if it is rare: an app sends a few large bodies at once. Otherwise ban the installation.',
  },
} as const satisfies ProblemTable

/** Why an admitted request has no answer of the upstream: the fault is behind the proxy, or in it. */
export const proxyMalfunctions = {
  PROXY_UPSTREAM_UNREACHABLE: {
    status: 502,
    title: 'The API behind this one does not answer',
    meaning: 'No connection to the upstream could be made, or it ended before an answer had begun.',
    action: 'Check `upstream`, its name, certificate and network. Nothing is sent twice.',
  },
  PROXY_UPSTREAM_TIMEOUT: {
    status: 504,
    title: 'The API behind this one does not answer in time',
    meaning: "No answer had begun within the route's `time.answer_seconds` or `time.total_seconds`.",
    action: 'Raise it, if genuine answers take that long.',
  },
  PROXY_UPSTREAM_REDIRECT: {
    status: 502,
    title: 'The API behind this one has moved',
    meaning: 'The upstream redirects. The proxy never follows, because the secret would go along.',
    action: 'Correct `upstream`, or pass redirects on to the app with `answers.redirects: pass`.',
  },
  PROXY_UPSTREAM_ENCODING: {
    status: 502,
    title: 'The API behind this one answers in an encoding that cannot be read',
    meaning: 'The route has `strip: true`, and the upstream encodes its answer though it was asked not to.',
    action: 'Ask the upstream for identity encoding, or leave `strip` out.',
  },
  PROXY_UPSTREAM_BROKEN: {
    status: 502,
    title: 'The answer of the API behind this one ended early',
    meaning:
      "The upstream's answer ended before its length, was reset, or was idle or took longer than `time` allows. The caller's connection is cut, so that it cannot take the part for the whole.",
    action: 'Look at the upstream.',
  },
  PROXY_BODIES_FULL: {
    status: 503,
    title: 'The request cannot be served at the moment',
    meaning: 'The bodies that the process holds in memory until they are sent would take more than 32 MiB.',
    action: 'Run more processes (`--workers` with `--valkey`), if genuine apps send that much at once.',
  },
  PROXY_FAILED: {
    status: 503,
    title: 'The request cannot be served at the moment',
    meaning: 'The proxy has an unexpected fault.',
    action: 'Report it.',
  },
} as const satisfies ProblemTable

/** Why the proxy does not start. */
export const proxyConfigFaults = {
  PROXY_CONFIG_YAML: {
    meaning: 'The configuration is not one YAML 1.2 document with distinct keys and without aliases.',
    action: 'Correct it at the line that the message names.',
  },
  PROXY_CONFIG_FORM: {
    meaning: 'A member of the configuration is missing, unknown, empty or of another form than it must have.',
    action: 'The message names its place. `docs/guides/no-secret-in-the-app.md` has all members.',
  },
  PROXY_CONFIG_GUARD: {
    meaning: 'Issuer, audience, apps, tiers, mode or kind of token cannot be used, or not together.',
    action: 'Correct what the message names.',
  },
  PROXY_CONFIG_UPSTREAM: {
    meaning:
      'An upstream is not an https URL without user, query and fragment, or an http URL to this machine (elsewhere: `plain_http: true`).',
    action: 'Correct it. Over plain http everybody on the way reads the secret.',
  },
  PROXY_CONFIG_PATH: {
    meaning: 'The path of a route is no pattern: segments, `*` for any one, `**` at the end for all below.',
    action: 'Correct it: `/v1/messages`, `/v1/files/*`, `/v1/assistants/**`.',
  },
  PROXY_CONFIG_ROUTES_OVERLAP: {
    meaning: 'Two routes take the same request, so that it is not clear which secret it gets.',
    action: 'Make their methods or paths distinct.',
  },
  PROXY_CONFIG_INJECTION: {
    meaning: 'A route injects nothing, a field that the proxy sets itself, or one name twice.',
    action:
      'Name at least one field or query parameter; not `Host`, `Connection`, `Content-Length` and the like.',
  },
  PROXY_CONFIG_SECRET: {
    meaning:
      'A secret cannot be read, is empty, shorter than 8 characters, longer than 8,192, or not one line of printable ASCII.',
    action: 'Check the file or the variable that the message names. Nothing is served without it.',
  },
  PROXY_CONFIG_JSON: {
    meaning:
      'A demand on a JSON body can never be met, or the body of a GET, HEAD or DELETE would have to be read.',
    action: 'Correct what the message names.',
  },
  PROXY_CONFIG_METER: {
    meaning:
      'The limits of a route cannot be applied, or limit nothing: such as those of an installation alone, where callers without hardware evidence are admitted.',
    action: 'Correct what the message names.',
  },
  PROXY_JOURNAL_LOCKED: {
    meaning: 'Another process has the journal of the meter.',
    action:
      'Give each proxy a `--journal` of its own; several processes that are to count together need --valkey.',
  },
  PROXY_JOURNAL_UNREADABLE: {
    meaning:
      'The journal of the meter is damaged before its end, empty, of another version, no journal, or its folder cannot be written. Nothing is served, because what it counted would be forgotten.',
    action:
      'Restore it, or correct the permissions. To begin every window anew, remove it: what was used before is then counted for nothing.',
  },
  PROXY_CONFIG_PROXY: {
    meaning: 'A trusted proxy is neither an IP address nor a network such as 10.0.0.0/8.',
    action: 'Correct it.',
  },
} as const satisfies CodeTable

/** Codes that the proxy logs for its operator while it serves. */
export const proxyNotices = {
  PROXY_SECRET_KEPT: {
    meaning: "A secret's file has become missing, empty or unusable. The last good value is used.",
    action: 'Restore the file. A restart would fail.',
  },
  PROXY_SECRET_CHANGED: {
    meaning: "A secret's file has changed, and the new value is used from now on.",
    action: 'Nothing.',
  },
  METER_BUDGET_SPENT: {
    meaning: 'The budget of a route for everybody is spent. The route is closed until its window ends.',
    action:
      'Look at `assay guard usage` for who uses most, and ban or raise. Said once for each window, by each process.',
  },
  METER_JOURNAL_CUT: {
    meaning:
      'The end of the journal was not written whole, as after a loss of power, and was cut off. What was counted in the last second may be missing.',
    action: 'Nothing, after a loss of power. Otherwise look at the disk.',
  },
  METER_JOURNAL_RULES: {
    meaning:
      'The journal has counted something in a window that is not over, and the configuration does not count it any more: a route or limit was removed or renamed.',
    action: 'Nothing, if that was the intention. A route under a new name begins anew.',
  },
  PROXY_SECRET_ECHOED: {
    meaning: 'The upstream put the secret into a field of its answer, which was dropped.',
    action: 'Look at what the upstream answers, and whether its bodies hold the secret too (`strip: true`).',
  },
} as const satisfies CodeTable

export type ProxyRefusalCode = keyof typeof proxyRefusals
export type ProxyMalfunctionCode = keyof typeof proxyMalfunctions
export type ProxyConfigCode = keyof typeof proxyConfigFaults
