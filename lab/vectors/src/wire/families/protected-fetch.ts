import type { Case, Family, Feature, Json } from '../case/case.ts'

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
}

interface ApiRequest {
  readonly url?: string
  readonly method?: string
  readonly authorization?: string
  /** The body can be sent only once. */
  readonly stream?: boolean
  /** Milliseconds that pass before. */
  readonly after?: number
  readonly answers: readonly Answer[]
}

interface Seen {
  readonly url?: string
  readonly method?: string
  /** The number of the exchange that its token is from; null: it has no token, and no proof. */
  readonly token?: number | null
  readonly nonce?: string
  /** `Authorization` has the token, after this word. */
  readonly scheme?: 'DPoP' | 'Bearer'
  /** `token`: that of the token of the same call. */
  readonly ath?: string
  readonly told?: string
}

interface World {
  /** Those of the audiences that are authorization servers. */
  readonly authorizationServers?: readonly string[]
  readonly refusal?: string
  readonly withoutToken?: 'send'
  /** The APIs of the kind `access`, by their audience: the scheme of their tokens. */
  readonly tokenTypes?: readonly (readonly [audience: string, scheme: 'DPoP' | 'Bearer'])[]
}

const api = 'https://api.example/v1/orders'
const ok: Answer = { status: 200 }
const challenge = (text: string, more: Answer['headers'] = {}): Answer => ({
  status: 401,
  headers: { 'WWW-Authenticate': text, ...more },
})
const wants = (error: string, nonce?: string): Answer =>
  challenge(`DPoP error="${error}"`, nonce === undefined ? {} : { 'DPoP-Nonce': nonce })
const audiences = [
  ['https://api.example', 'shop'],
  ['https://api.example/v1/payments', 'payments'],
  ['https://other.example', 'other'],
]

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json

function inputOf(requests: readonly ApiRequest[], world: World): Case['input'] {
  const given = requests.map(({ url = api, method = 'GET', answers, ...more }) => ({
    ...{ url, method, ...more },
    answers: answers.map(({ headers = {}, text = '', status }) => ({ status, headers, text })),
  }))
  return asJson({ audiences, ...world, requests: given }) as Case['input']
}

const callOf = ({ url = api, method = 'GET', token = 1, ...more }: Seen) => ({ url, method, token, ...more })

/** One request after the other by one client; `seen` is what the API sees of each, and the status that the app gets. */
function served(
  id: string,
  requests: readonly ApiRequest[],
  seen: readonly (readonly [readonly Seen[], number])[],
  world: World = {},
  needs: Feature = 'fetch',
): Case {
  const output = seen.map(([calls, status]) => ({ calls: calls.map(callOf), status }))
  return { id, needs, input: inputOf(requests, world), output: asJson(output) }
}

/** One request that fails, after the API has seen this of it. */
function failed(
  id: string,
  asked: ApiRequest,
  error: string,
  seen: readonly Seen[],
  world: World = {},
  needs: Feature = 'fetch',
): Case {
  const details = asJson({ calls: seen.map(callOf) }) as NonNullable<Case['details']>
  return { id, needs, input: inputOf([asked], world), error, details }
}

const plain: readonly Case[] = [
  served('a protected URL', [{ answers: [ok] }], [[[{}], 200]]),
  served('another method', [{ method: 'POST', answers: [{ status: 201 }] }], [[[{ method: 'POST' }], 201]]),
  served(
    'a URL of nobody',
    [{ url: 'https://elsewhere.example/', answers: [ok] }],
    [[[{ url: 'https://elsewhere.example/', token: null }], 200]],
  ),
  served('an answer of another status', [{ answers: [{ status: 500 }] }], [[[{}], 500]]),
  served(
    'one token for two requests',
    [{ answers: [ok] }, { url: `${api}/7`, answers: [ok] }],
    [
      [[{}], 200],
      [[{ url: `${api}/7` }], 200],
    ],
  ),
  served(
    'the login of a user',
    [{ authorization: 'Bearer user', answers: [ok] }],
    [[[{ ath: 'BPiZbadjt6lpsQKO4wB1aerzpjVIbdqyEdUSyFud-Ps' }], 200]],
  ),
]

const nonces: readonly Case[] = [
  served(
    'a nonce that came with an answer',
    [{ answers: [{ ...ok, headers: { 'DPoP-Nonce': 'n1' } }] }, { answers: [ok] }],
    [
      [[{}], 200],
      [[{ nonce: 'n1' }], 200],
    ],
  ),
  served(
    'the nonce of another origin',
    [
      { answers: [{ ...ok, headers: { 'DPoP-Nonce': 'n1' } }] },
      { url: 'https://other.example/', answers: [ok] },
    ],
    [
      [[{}], 200],
      [[{ url: 'https://other.example/' }], 200],
    ],
  ),
  served(
    'a challenge that came with an answer',
    [{ answers: [{ ...ok, headers: { 'OAuth-Client-Attestation-Challenge': 'c1' } }] }, { answers: [ok] }],
    [
      [[{}], 200],
      [[{ nonce: 'c1' }], 200],
    ],
  ),
  served(
    'the API wants a nonce',
    [{ answers: [wants('use_dpop_nonce', 'n1'), ok] }],
    [[[{}, { nonce: 'n1' }], 200]],
  ),
  served(
    'the API wants a nonce, and another one',
    [{ answers: [wants('use_dpop_nonce', 'n1'), wants('use_dpop_nonce', 'n2')] }],
    [[[{}, { nonce: 'n1' }], 401]],
  ),
  served(
    'the API wants a challenge',
    [{ answers: [challenge('OAuth error="use_attestation_challenge"', { 'DPoP-Nonce': 'n1' }), ok] }],
    [[[{}, { nonce: 'n1' }], 200]],
  ),
]

const tokens: readonly Case[] = [
  ...['use_fresh_attestation', 'invalid_client_attestation', 'invalid_dpop_proof'].map((error) =>
    served(
      `the API wants another token: ${error}`,
      [{ answers: [wants(error), ok] }],
      [[[{}, { token: 2 }], 200]],
    ),
  ),
  served(
    'a nonce, then another token',
    [{ answers: [wants('use_dpop_nonce', 'n1'), wants('use_fresh_attestation'), ok] }],
    [[[{}, { nonce: 'n1' }, { nonce: 'n1', token: 2 }], 200]],
  ),
  served(
    'another token, which is refused as well: no exchange for a minute',
    [
      { answers: [wants('use_fresh_attestation'), wants('use_fresh_attestation')] },
      { after: 59_000, answers: [wants('use_fresh_attestation')] },
    ],
    [
      [[{}, { token: 2 }], 401],
      [[{ token: 2 }], 401],
    ],
  ),
  served(
    'another token, which is refused as well: after a minute',
    [
      { answers: [wants('use_fresh_attestation'), wants('use_fresh_attestation')] },
      { after: 60_000, answers: [wants('use_fresh_attestation'), ok] },
    ],
    [
      [[{}, { token: 2 }], 401],
      [[{ token: 2 }, { token: 3 }], 200],
    ],
  ),
  served(
    'a body that can be sent only once',
    [{ method: 'POST', stream: true, answers: [wants('use_fresh_attestation')] }],
    [[[{ method: 'POST' }], 401]],
  ),
]

const json = (error: string, type = 'application/json'): Answer => ({
  status: 400,
  headers: { 'Content-Type': type, 'DPoP-Nonce': 'n1' },
  text: JSON.stringify({ error }),
})

const server: World = { authorizationServers: ['shop'] }
const sent = { method: 'POST' } as const

const authorizationServers: readonly Case[] = [
  served(
    'a nonce, wanted in JSON by an authorization server',
    [{ ...sent, answers: [json('use_dpop_nonce'), ok] }],
    [[[sent, { ...sent, nonce: 'n1' }], 200]],
    server,
  ),
  served(
    'another token, wanted in JSON by an authorization server',
    [{ answers: [json('invalid_client_attestation', 'application/problem+json'), ok] }],
    [[[{}, { token: 2, nonce: 'n1' }], 200]],
    server,
  ),
  served(
    'an authorization server, not in JSON',
    [{ answers: [json('use_dpop_nonce', 'text/plain')] }],
    [[[{}], 400]],
    server,
  ),
  served(
    'an authorization server, another error',
    [{ answers: [json('invalid_request')] }],
    [[[{}], 400]],
    server,
  ),
  served(
    'an authorization server, malformed JSON',
    [{ answers: [{ ...json('use_dpop_nonce'), text: '{"error":"use_dpop_nonce"' }] }],
    [[[{}], 400]],
    server,
  ),
  served(
    'an authorization server with 401 and a challenge',
    [{ answers: [wants('use_dpop_nonce', 'n1'), ok] }],
    [[[{}, { nonce: 'n1' }], 200]],
    server,
  ),
  // The body of an API may be that of somebody else: a request that costs money is not sent twice because of it.
  ...[
    'use_dpop_nonce',
    'use_attestation_challenge',
    'use_fresh_attestation',
    'invalid_client_attestation',
    'invalid_dpop_proof',
  ].map((error) =>
    served(
      `the body of an API says ${error}: sent once`,
      [{ ...sent, answers: [json(error)] }],
      [[[sent], 400]],
    ),
  ),
  served(
    'the body of an API beside an authorization server: sent once',
    [{ ...sent, url: 'https://other.example/', answers: [json('use_dpop_nonce')] }],
    [[[{ ...sent, url: 'https://other.example/' }], 400]],
    server,
  ),
]

const unheeded: readonly Case[] = [
  served('401 without challenge', [{ answers: [{ status: 401 }] }], [[[{}], 401]]),
  served(
    'an error that says nothing of tokens',
    [{ answers: [challenge('Bearer error="invalid_token"')] }],
    [[[{}], 401]],
  ),
  served(
    'a name that only ends so',
    [{ answers: [challenge('DPoP x_error="use_dpop_nonce"')] }],
    [[[{}], 401]],
  ),
  served('a value that only begins so', [{ answers: [wants('use_dpop_nonces')] }], [[[{}], 401]]),
  served(
    'another status',
    [{ answers: [{ ...wants('use_fresh_attestation'), status: 403 }] }],
    [[[{}], 403]],
  ),
  served(
    'the challenge of an API of nobody',
    [{ url: 'https://elsewhere.example/', answers: [wants('use_fresh_attestation')] }],
    [[[{ url: 'https://elsewhere.example/', token: null }], 401]],
  ),
  served('a status that is no redirect', [{ answers: [{ status: 304 }] }], [[[{}], 304]]),
  served(
    'an error without quotes',
    [{ answers: [challenge('DPoP error=use_fresh_attestation'), ok] }],
    [[[{}, { token: 2 }], 200]],
  ),
  served(
    'the second of two challenges',
    [{ answers: [challenge('Bearer error="invalid_token", DPoP error="use_fresh_attestation"'), ok] }],
    [[[{}, { token: 2 }], 200]],
  ),
]

const withoutToken: readonly Case[] = [
  served(
    'no token, and the app sends all the same',
    [{ answers: [ok] }],
    [[[{ token: null, told: 'build_refused' }], 200]],
    { refusal: 'build_retired', withoutToken: 'send' },
  ),
  served(
    'no token, and the API wants one',
    [{ answers: [wants('use_fresh_attestation')] }],
    [[[{ token: null, told: 'not_registered' }], 401]],
    { refusal: 'app_not_registered', withoutToken: 'send' },
  ),
  failed('no token', { answers: [ok] }, 'build_refused', [], { refusal: 'build_retired' }),
]

const bound: World = { tokenTypes: [['shop', 'DPoP']] }
const bearer: World = { tokenTypes: [['shop', 'Bearer']] }
const dpop = { scheme: 'DPoP', ath: 'token' } as const
const payments = 'https://api.example/v1/payments/7'

const accessTokens: readonly Case[] = [
  served('kind access', [{ answers: [ok] }], [[[dpop], 200]], bound),
  served(
    'kind access, another method',
    [{ method: 'POST', answers: [ok] }],
    [[[{ method: 'POST', ...dpop }], 200]],
    bound,
  ),
  served('kind access in bearer mode', [{ answers: [ok] }], [[[{ scheme: 'Bearer' }], 200]], bearer),
  served(
    'one API of each kind',
    [{ answers: [ok] }, { url: payments, answers: [ok] }, { url: 'https://other.example/', answers: [ok] }],
    [
      [[dpop], 200],
      [[{ url: payments }], 200],
      [[{ url: 'https://other.example/', scheme: 'Bearer' }], 200],
    ],
    {
      tokenTypes: [
        ['shop', 'DPoP'],
        ['other', 'Bearer'],
      ],
    },
  ),
  served(
    'the login of a user at an API of the other kind',
    [{ url: payments, authorization: 'Bearer user', answers: [ok] }],
    [[[{ url: payments, ath: 'BPiZbadjt6lpsQKO4wB1aerzpjVIbdqyEdUSyFud-Ps' }], 200]],
    bound,
  ),
  served(
    'kind access wants a nonce',
    [{ answers: [wants('use_dpop_nonce', 'n1'), ok] }],
    [[[dpop, { ...dpop, nonce: 'n1' }], 200]],
    bound,
  ),
  ...['invalid_token', 'use_fresh_attestation', 'invalid_dpop_proof'].map((error) =>
    served(
      `kind access wants another token: ${error}`,
      [{ answers: [wants(error), ok] }],
      [[[dpop, { ...dpop, token: 2 }], 200]],
      bound,
    ),
  ),
  served(
    'kind access in bearer mode wants another token',
    [{ answers: [challenge('Bearer realm="shop", error="invalid_token"'), ok] }],
    [[[{ scheme: 'Bearer' }, { scheme: 'Bearer', token: 2 }], 200]],
    bearer,
  ),
  served(
    'kind access refuses the other token as well: no exchange for a minute',
    [
      { answers: [wants('invalid_token'), wants('invalid_token')] },
      { after: 59_000, answers: [wants('invalid_token')] },
    ],
    [
      [[dpop, { ...dpop, token: 2 }], 401],
      [[{ ...dpop, token: 2 }], 401],
    ],
    bound,
  ),
  served(
    'kind access, a body that can be sent only once',
    [{ method: 'POST', stream: true, answers: [wants('invalid_token')] }],
    [[[{ method: 'POST', ...dpop }], 401]],
    bound,
  ),
  served(
    'kind access, invalid_token of another status',
    [{ answers: [{ ...wants('invalid_token'), status: 403 }] }],
    [[[dpop], 403]],
    bound,
  ),
  served(
    'kind access, invalid_token in JSON',
    [{ answers: [json('invalid_token')] }],
    [[[dpop], 400]],
    bound,
  ),
  served(
    'the challenge of kind access at the other kind',
    [{ answers: [wants('invalid_token')] }],
    [[[{}], 401]],
  ),
  ...['Bearer user', 'DPoP user', 'Basic dTpw'].map((authorization) =>
    failed(
      `kind access and ${authorization}`,
      { authorization, answers: [ok] },
      'authorization_present',
      [],
      bound,
    ),
  ),
  failed(
    'kind access in bearer mode and the login of a user',
    { authorization: 'Bearer user', answers: [ok] },
    'authorization_present',
    [],
    bearer,
  ),
  failed(
    'kind access and the login of a user, and the app sends all the same',
    { authorization: 'Bearer user', answers: [ok] },
    'authorization_present',
    [],
    { ...bound, withoutToken: 'send' },
  ),
  served(
    'no token of kind access, and the app sends all the same',
    [{ answers: [ok] }],
    [[[{ token: null, told: 'sdk_outdated' }], 200]],
    { refusal: 'token_kind_unsupported', withoutToken: 'send' },
  ),
]

const statuses = [301, 302, 303, 307, 308]
const elsewhere = 'https://elsewhere.example/'
const to = (url: string, status = 307): Answer => ({ status, headers: { Location: url } })

const refusedRedirects: readonly Case[] = statuses.map((status) =>
  failed(
    `a redirect, ${status}`,
    { answers: [to(elsewhere, status)] },
    'redirect_refused',
    [{}],
    {},
    'no-redirects',
  ),
)

const redirected = (id: string, requests: readonly ApiRequest[], seen: readonly Seen[]): Case =>
  served(id, requests, [[seen, 200]], {}, 'redirects')

const followedRedirects: readonly Case[] = [
  ...statuses.map((status) =>
    redirected(
      `a redirect out that is followed, ${status}`,
      [{ answers: [to(elsewhere, status), ok] }],
      [{}, { url: elsewhere, token: null }],
    ),
  ),
  redirected('a redirect inside', [{ answers: [to(`${api}/7`), ok] }], [{}, { url: `${api}/7` }]),
  redirected(
    'a redirect to another protected API',
    [{ answers: [to('https://other.example/'), ok] }],
    [{}, { url: 'https://other.example/' }],
  ),
  redirected(
    'a redirect in, from a URL of nobody',
    [{ url: elsewhere, answers: [to(api), ok] }],
    [{ url: elsewhere, token: null }, {}],
  ),
  redirected(
    'a redirect out and in again',
    [{ answers: [to(elsewhere), to(`${api}/7`), ok] }],
    [{}, { url: elsewhere, token: null }, { url: `${api}/7` }],
  ),
  redirected(
    'the nonce of a hop',
    [{ answers: [{ ...to(`${api}/7`), headers: { Location: `${api}/7`, 'DPoP-Nonce': 'n1' } }, ok] }],
    [{}, { url: `${api}/7`, nonce: 'n1' }],
  ),
]

export const protectedFetch: Family = {
  name: 'protected-fetch',
  about:
    'What an SDK makes of requests that it sends for the app: which fields it adds, what it does once more at the wish of the API, and what it refuses.',
  floor: { accepted: 66, refused: 11 },
  cases: [
    ...plain,
    ...nonces,
    ...tokens,
    ...authorizationServers,
    ...unheeded,
    ...withoutToken,
    ...accessTokens,
    ...refusedRedirects,
    ...followedRedirects,
  ],
}
