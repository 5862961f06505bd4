import fc from 'fast-check'
import { audience, issuer, now } from '../../making/world.ts'

/** A change to the text of a JSON object, each of whose characters is a byte. */
export interface TextEdit {
  readonly does: string
  readonly change: (text: string) => string
}

const bytes = (text: string) => Buffer.from(text).toString('latin1')
const mark = bytes('\ufeff')

const behind = fc.constantFrom(
  'x',
  '{}',
  '}',
  ']',
  ',',
  ' ',
  '\n',
  '\t\r\n ',
  '\0',
  mark,
  '\f',
  bytes('\u00a0'),
)
const before = fc.constantFrom(mark, ' ', '\r\n\t', '\f', bytes('\u2028'), 'x', '[', '\0', '\x80')

const names = fc.oneof(
  fc.constantFrom('typ', 'alg', 'kid', 'crit', 'jwk', 'iss', 'aud', 'sub', 'iat', 'exp', 'nbf', 'jti', 'cnf'),
  fc.constantFrom('htm', 'htu', 'ath', 'nonce', 'challenge', 'mode', 'build', 'platform', 'ear_status'),
  fc.constantFrom('channel', 'holder_key', 'installation', 'development', 'allowed', 'client_id', 'jkt'),
  fc.constantFrom(
    'kty',
    'crv',
    'x',
    'y',
    'd',
    'use',
    'keys',
    'banned',
    'retired',
    '__proto__',
    'constructor',
    '',
  ),
)

/** Around the bounds of times. */
const times = fc
  .constantFrom(0, 1, 5, 9, 10, 11, 60, 61, 69, 70, 71, 290, 300, 301, 310, 311, 895, 900, 901, 3600)
  .chain((seconds) => fc.constantFrom(String(now + seconds), String(now - seconds), `${now - seconds}.5`))

const texts = fc.constantFrom(
  ...['', ' ', 'a', 'ES256', 'es256', 'Ed25519', 'EdDSA', 'none', 'at+jwt', 'AT+JWT', 'application/at+jwt'],
  ...[
    'application/dpop+jwt',
    'Application/DPoP+jwt',
    'application/application/at+jwt',
    'at+jwt;v=1',
    'dpop+jwt',
  ],
  ...[
    'JWT',
    'oauth-client-attestation+jwt',
    'OAuth-Client-Attestation+JWT',
    'oauth-client-attestation-pop+jwt',
  ],
  ...[
    'key-1',
    'key-2',
    'key-3',
    'key-9',
    issuer,
    `${issuer}/`,
    audience,
    `${audience}/`,
    `${audience}/v1/orders`,
  ],
  ...[
    'POST',
    'post',
    'GET',
    'bound',
    'bearer',
    'android',
    'ios',
    'affirming',
    'none',
    'warning',
    'contraindicated',
  ],
  ...['production', 'beta', 'hardware', 'P-256', 'EC', 'OKP', 'sig', 'enc', 'A'.repeat(43), 'A'.repeat(128)],
  ...[
    'A'.repeat(129),
    '12345678',
    '1234567',
    'com.example.app',
    'com.example.other',
    'https://client.example/a',
  ],
  ...['1.4.2+142', '~', '\x7f', '\u00e9', '\u{1f600}', '\u0130', '\u212a', '__proto__'],
)

const numbers = fc.constantFrom(
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '1.5',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740991',
    '9007199254740992',
    '1E9',
  ],
  ...[
    '1790000000.0',
    '1.79e9',
    '179e7',
    '0.179E+10',
    '17900000000e-1',
    '01',
    '+1',
    '1.',
    '.5',
    '0x1',
    '-',
    '1e',
    '00',
  ],
  `${now}.${'0'.repeat(60)}1`,
  '9'.repeat(400),
)

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

/** As written. */
const values = fc.oneof(
  { weight: 4, arbitrary: texts.map((text) => bytes(JSON.stringify(text))) },
  { weight: 3, arbitrary: times },
  { weight: 2, arbitrary: numbers },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'null',
        'true',
        'false',
        '[]',
        '{}',
        '[1]',
        '{"a":1,"a":1}',
        '{"a":{"b":1,"\\u0062":1}}',
        'NaN',
        'True',
      ],
      ...[
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\u0000"',
        '"\\x"',
        '"\\u12"',
        '"\\U0041"',
        '"\t"',
      ],
      ...[
        "'a'",
        '"',
        '"\xff"',
        '"\xed\xa0\x80"',
        '"\xc0\xaf"',
        '"\xf4\x90\x80\x80"',
        '"\\/"',
        '"a\\u0062"',
        '//',
      ],
      ...[deep(6), deep(7), deep(8), `[${JSON.stringify(audience)}]`, `["${audience}","${audience}"]`],
      ...['{"jwk":{}}', '{"jkt":""}', '{"__proto__":1}', '["exp"]'],
    ),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }).map(bytes) },
)

const value = String.raw`("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null|\{(?:[^{}]|\{[^{}]*\})*\}|\[[^[\]]*\])`
const memberOf = (name: string) => new RegExp(String.raw`"${name}":${value}`)

/** The first letter as an escape. */
const escaped = (name: string) =>
  name === '' ? name : `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`

const edit = (does: string, change: TextEdit['change']): TextEdit => ({ does, change })

export const textEdits: fc.Arbitrary<TextEdit> = fc.oneof(
  { weight: 2, arbitrary: behind.map((text) => edit(`${JSON.stringify(text)} behind`, (all) => all + text)) },
  { weight: 2, arbitrary: before.map((text) => edit(`${JSON.stringify(text)} before`, (all) => text + all)) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', ',').map((by) => edit('twice', (all) => all + by + all)) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(names, values)
      .map(([name, to]) =>
        edit(`${name} is ${to.slice(0, 40)}`, (all) => all.replace(memberOf(name), () => `"${name}":${to}`)),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(names, values, fc.boolean())
      .map(([name, to, isEscaped]) =>
        edit(`another ${name}, last`, (all) =>
          all.replace(
            /\}([^}]*)$/,
            (_, end: string) => `,"${isEscaped ? escaped(name) : name}":${to}}${end}`,
          ),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(names, values)
      .map(([name, to]) =>
        edit(`another ${name}, first`, (all) => all.replace('{', () => `{"${name}":${to},`)),
      ),
  },
  {
    weight: 2,
    arbitrary: names.map((name) =>
      edit(`no ${name}`, (all) => all.replace(memberOf(name), '').replace(/([{,]),|,(?=\})/, '$1')),
    ),
  },
  {
    weight: 2,
    arbitrary: names.map((name) =>
      edit(`${name} is escaped`, (all) => all.replace(`"${name}":`, () => `"${escaped(name)}":`)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(' ', '\n', '\t', '\r', '\f', mark, ',')
      .map((text) =>
        edit(`${JSON.stringify(text)} behind each colon`, (all) => all.replaceAll('":', `":${text}`)),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('null', '[]', '{}', '', 'true', '1', '""', 'x')
      .map((text) => edit(`${text} in its place`, () => text)),
  },
  { weight: 1, arbitrary: fc.constant(edit('in a list', (all) => `[${all}]`)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.nat(600),
        fc.nat(3),
        fc.constantFrom('', '"', '\\', '{', '}', ',', ':', ' ', '0', 'a', '\x80', '\xff', '\0'),
      )
      .map(([at, count, text]) =>
        edit(`${JSON.stringify(text)} at ${at} for ${count}`, (all) => {
          const start = all.length === 0 ? 0 : at % all.length
          return all.slice(0, start) + text + all.slice(start + count)
        }),
      ),
  },
)
