import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noGuard, onlyAssay, refusedWith } from '../attack/expected.ts'
import { rawRequests, type RawParts } from '../kinds/raw-request.ts'

const getOrders = 'GET /v1/orders'

const evilUrl = 'https://evil.example/v1/orders'

const disguisedTargets = [
  '/v1%2Forders',
  '/v1%2forders',
  '/v1/%6Frders',
  '/%76%31/orders',
  '/%2576%2531/orders',
  '//v1/orders',
  '/v1//orders',
  '/./v1/orders',
  '/health/../v1/orders',
  '/health/%2e%2e/v1/orders',
  '/health/..%2fv1/orders',
  '/v1/orders/',
  '/v1/orders;x=1',
  '/v1/orders%00',
  '/v1\\orders',
  '/health?/v1/orders',
  '/v1/orders#/health',
]

/** A request without credentials, hidden in the body of another. */
const hiddenRequest = ({ host, id }: RawParts) =>
  `GET /v1/orders HTTP/1.1\r\nHost: ${host}\r\n${id.join(': ')}\r\nConnection: close\r\n\r\n`

/** Requests in raw bytes, to get past a guard that reads them otherwise than the API does. */
export const requests: readonly Attack[] = [
  rawRequests({
    id: 'credential-elsewhere',
    sdks: without('at-the-api'),
    title: 'Token and proof are sent where they leak: query, cookie, body, trailers',
    oat: 'OAT-014',
    method: 'each of them genuine and in the wrong place',
    expected: onlyAssay(noGuard, refusedWith('TOKEN_MISSING')),
    variants: [
      ({ request, token, proof }) => request(`GET /v1/orders?${token[0]}=${token[1]}&DPoP=${proof()[1]}`),
      ({ request, token, proof }) =>
        request(getOrders, [['Cookie', `${token[0]}=${token[1]}; DPoP=${proof()[1]}`]]),
      ({ request, token, proof }) =>
        request(
          'POST /v1/orders',
          [['Content-Type', 'application/x-www-form-urlencoded']],
          `${token[0]}=${token[1]}&DPoP=${proof({ method: 'POST' })[1]}`,
        ),
      ({ request, token, proof }) => {
        const trailers = [token, proof({ method: 'POST' })].map((field) => `${field.join(': ')}\r\n`).join('')
        const head = request('POST /v1/orders', [
          ['Transfer-Encoding', 'chunked'],
          ['Trailer', 'DPoP'],
        ])
        return `${head}0\r\n${trailers}\r\n`
      },
    ],
  }),
  rawRequests({
    id: 'field-names-disguised',
    sdks: without('at-the-api'),
    title: 'Fields have names that only look right',
    oat: 'OAT-014',
    method:
      'underscores, a space before the colon, a null character, a line feed alone, a prefix that gateways strip',
    expected: onlyAssay(noGuard, refusedWith('HTTP_400,TOKEN_MISSING')),
    variants: [
      ({ request, token, proof }) => request(getOrders, [['OAuth_Client_Attestation', token[1]], proof()]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP ', proof()[1]]]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP\0', proof()[1]]]),
      ({ request, token, proof }) => request(getOrders, [token, ['X-Note', `a\nDPoP: ${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [token, ['X-Note', `a\rDPoP: ${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [['X-OAuth-Client-Attestation', token[1]], proof()]),
    ],
  }),
  rawRequests({
    id: 'fields-doubled',
    sdks: without('at-the-api'),
    title: 'A field is sent twice',
    oat: 'OAT-014',
    method: 'proof, token and Authorization, before and after, with junk, empty and in another case',
    expected: onlyAssay(noGuard, refusedWith('AUTHORIZATION_REPEATED,PROOF_REPEATED,TOKEN_REPEATED')),
    variants: [
      ({ request, token, proof }) => request(getOrders, [token, proof(), proof()]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP', 'junk'], proof()]),
      ({ request, token, proof }) => request(getOrders, [token, proof(), ['dpop', '']]),
      ({ request, token, proof }) => request(getOrders, [token, token, proof()]),
      ({ request, token, proof }) =>
        request(getOrders, [['oauth-client-attestation', 'junk'], token, proof()]),
      ({ request, token, proof }) =>
        request(getOrders, [token, proof(), ['Authorization', 'Bearer a'], ['Authorization', 'Bearer b']]),
    ],
  }),
  rawRequests({
    id: 'fields-folded',
    sdks: without('at-the-api'),
    title: 'A value is folded over two lines (obs-fold)',
    oat: 'OAT-014',
    method:
      'a second proof in the fold, a proof in two halves, a proof in the fold of a field that nobody reads',
    expected: onlyAssay(noGuard, refusedWith('HTTP_400')),
    variants: [
      ({ request, token, proof }) =>
        request(getOrders, [token, ['DPoP', `${proof()[1]}\r\n ,${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP', proof()[1].replace('.', '.\r\n ')]]),
      ({ request, token, proof }) => request(getOrders, [token, ['X-Note', `a\r\n DPoP: ${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [proof(), ['X-Note', `a\r\n\t${token.join(': ')}`]]),
    ],
  }),
  rawRequests({
    id: 'fields-joined',
    sdks: without('at-the-api'),
    title: 'Two values are joined by a comma, as proxies do',
    oat: 'OAT-014',
    method: 'two proofs, two tokens, a value and an empty one, two logins in one Authorization',
    expected: onlyAssay(noGuard, refusedWith('AUTHORIZATION_REPEATED,PROOF_REPEATED,TOKEN_REPEATED')),
    variants: [
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP', `${proof()[1]}, ${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP', `${proof()[1]},`]]),
      ({ request, token, proof }) => request(getOrders, [token, ['DPoP', `junk,${proof()[1]}`]]),
      ({ request, token, proof }) => request(getOrders, [[token[0], `${token[1]},${token[1]}`], proof()]),
      ({ request, token, proof }) =>
        request(getOrders, [token, proof(), ['Authorization', 'Bearer a, Bearer b']]),
    ],
  }),
  rawRequests({
    id: 'fields-oversized',
    sdks: without('at-the-api'),
    title: 'Fields take long to read',
    oat: 'OAT-015',
    method: 'proofs and tokens of 7 and 60 kB, 2,000 small fields',
    expected: onlyAssay(noGuard, refusedWith('HTTP_431,REQUEST_FIELDS_TOO_LARGE')),
    variants: [
      ({ request, token, proof }) =>
        request(getOrders, [token, proof({ claims: { pad: 'x'.repeat(5_000) } })]),
      ({ request, token }) => request(getOrders, [token, ['DPoP', 'a.'.repeat(30_000)]]),
      ({ request, proof }) =>
        request(getOrders, [['OAuth-Client-Attestation', 'e30.'.repeat(1_750)], proof()]),
      ({ request }) =>
        request(
          'GET /v1/orders',
          Array.from({ length: 2_000 }, (_, i) => [`DPoP-${i}`, 'x'] as const),
        ),
    ],
  }),
  rawRequests({
    id: 'forwarded-fields',
    sdks: without('at-the-api'),
    title: 'Fields that only a proxy should set claim another URL',
    oat: 'OAT-014',
    method: 'a proof that was made for another host or path, with the fields that would make it fit',
    expected: onlyAssay(noGuard, refusedWith('HTTP_404,OPEN_ROUTE,PROOF_HTU,TOKEN_MISSING')),
    variants: [
      ({ request, token, proof }) =>
        request(getOrders, [
          token,
          proof({ claims: { htu: evilUrl } }),
          ['X-Forwarded-Host', 'evil.example'],
          ['X-Forwarded-Proto', 'https'],
        ]),
      ({ request, token, proof }) =>
        request(getOrders, [
          token,
          proof({ claims: { htu: evilUrl } }),
          ['Forwarded', 'host=evil.example;proto=https'],
        ]),
      ({ request, token, proof }) =>
        request(getOrders, [token, proof({ path: '/v1/news' }), ['X-Original-URL', '/v1/news']]),
      ({ request, token, proof }) =>
        request('GET /v1/news', [token, proof({ path: '/v1/news' }), ['X-Rewrite-URL', '/v1/orders']]),
      ({ request }) => request('GET /health', [['X-Original-URL', '/v1/orders']]),
      ({ request }) => request(getOrders, [['X-Forwarded-Prefix', '/health']]),
      ({ request }) => request(getOrders, [['X-Forwarded-For', '127.0.0.1']]),
    ],
  }),
  rawRequests({
    id: 'method-override',
    sdks: without('at-the-api'),
    title: 'A proof for reading, and a field that turns the request into writing',
    oat: 'OAT-021',
    method: 'override fields and parameters, other methods, methods in lower case',
    expected: onlyAssay(noGuard, refusedWith('HTTP_400,HTTP_404,PROOF_HTM,TOKEN_MISSING')),
    variants: [
      ({ request, token, proof }) =>
        request('POST /v1/orders', [token, proof({ method: 'GET' }), ['X-HTTP-Method-Override', 'GET']]),
      ({ request, token, proof }) =>
        request('POST /v1/orders?_method=GET', [token, proof({ method: 'GET' }), ['X-HTTP-Method', 'GET']]),
      ({ request, token, proof }) => request('PUT /v1/orders', [token, proof({ method: 'GET' })]),
      ({ request, token, proof }) => request('post /v1/orders', [token, proof({ method: 'POST' })]),
      ({ request }) => request('OPTIONS /v1/orders', [['Access-Control-Request-Method', 'GET']]),
      ({ request }) => request('TRACE /v1/orders'),
    ],
  }),
  rawRequests({
    id: 'path-case',
    sdks: without('at-the-api'),
    title: 'The path has other letter case',
    oat: 'OAT-014',
    method:
      'without credentials, for routers that ignore case where the guard might not; and under a proof for the usual case',
    expected: onlyAssay(noGuard, refusedWith('HTTP_404,PROOF_HTU,TOKEN_MISSING')),
    variants: [
      ({ request }) => request('GET /V1/orders'),
      ({ request }) => request('GET /v1/ORDERS'),
      ({ request }) => request('GET /V1/ORDERS'),
      ({ request, token, proof }) => request('GET /V1/Orders', [token, proof()]),
      ({ request, token, proof }) => request(getOrders, [token, proof({ path: '/V1/Orders' })]),
    ],
  }),
  rawRequests({
    id: 'path-disguised',
    sdks: without('at-the-api'),
    title: 'The path is encoded so as to bypass the place where the guard is mounted',
    oat: 'OAT-014',
    method:
      'escaped letters and slashes, dots, double slashes, parameters, a null, a backslash; without credentials',
    expected: onlyAssay(
      noGuard,
      refusedWith('HTTP_400,HTTP_404,OPEN_ROUTE,REQUEST_TARGET_UNUSABLE,TOKEN_MISSING'),
    ),
    variants: disguisedTargets.map(
      (target) =>
        ({ request }) =>
          request(`GET ${target}`),
    ),
  }),
  rawRequests({
    id: 'target-absolute',
    sdks: without('at-the-api'),
    title: 'The request line names another host',
    oat: 'OAT-014',
    method:
      'absolute targets without credentials and under a proof for that host; another Host field; no target',
    expected: onlyAssay(noGuard, refusedWith('HTTP_400,HTTP_404,PROOF_HTU,TOKEN_MISSING')),
    variants: [
      ({ request, host }) => request(`GET http://${host}/v1/orders`),
      ({ request }) => request('GET http://evil.example/v1/orders'),
      ({ request, token, proof }) =>
        request('GET http://evil.example/v1/orders', [
          token,
          proof({ claims: { htu: 'http://evil.example/v1/orders' } }),
        ]),
      ({ request, token, proof }) =>
        request(getOrders, [
          ['X-Forwarded-Host', 'evil.example'],
          token,
          proof({ claims: { htu: 'http://evil.example/v1/orders' } }),
        ]),
      ({ request }) => request('GET file:///v1/orders'),
      ({ request }) => request('GET *'),
    ],
  }),
  rawRequests({
    id: 'transfer-encoding',
    sdks: without('at-the-api'),
    title: 'A request is smuggled in the body of another',
    oat: 'OAT-014',
    method:
      'Content-Length and Transfer-Encoding disagree; spellings of chunked; two lengths; a kept connection',
    expected: onlyAssay(noGuard, refusedWith('HTTP_400,TOKEN_MISSING')),
    variants: [
      (parts) => smuggled(parts, [['Transfer-Encoding', 'chunked']]),
      (parts) => smuggled(parts, [['Transfer-Encoding', 'xchunked']]),
      (parts) => smuggled(parts, [['Transfer-Encoding', 'chunked, identity']]),
      (parts) => smuggled(parts, [['Transfer-Encoding ', 'chunked']]),
      (parts) => smuggled(parts, [['Transfer-Encoding', '\tchunked']]),
      (parts) => smuggled(parts, [['Content-Length', '5']]),
      (parts) => `GET /health HTTP/1.1\r\nHost: ${parts.host}\r\n\r\n${hiddenRequest(parts)}`,
      (parts) =>
        `GET /health HTTP/1.1\r\nHost: ${parts.host}\r\n${parts.token.join(': ')}\r\n${parts.proof().join(': ')}\r\n\r\n${hiddenRequest(parts)}`,
    ],
  }),
]

/** An open request whose body one server ends at the chunk and another at the length. */
function smuggled(parts: RawParts, fields: readonly (readonly [string, string])[]): string {
  const body = `0\r\n\r\n${hiddenRequest(parts)}`
  return `${parts.request('GET /health', [...fields, ['Content-Length', String(body.length)]])}${body}`
}
