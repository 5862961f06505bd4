import { accept, refuse, type Case, type Family, type Json } from '../case/case.ts'
import { unitsOf } from '../material/bytes.ts'

const texts: readonly [string, string][] = [
  ['nothing', ''],
  ['ASCII', 'abc XYZ 019 ~!'],
  ['a quote', 'a"b'],
  ['a backslash', 'a\\b'],
  ['a slash, which is not escaped', 'application/json'],
  ['HTML, which is not escaped', "<a href='x'>&amp;</a>"],
  ['delete, which is not escaped', '\u007f'],
  ['U+2028 and U+2029, which are not escaped', 'a\u2028b\u2029c'],
  ['U+0080 to U+009F, which are not escaped', '\u0080\u0085\u009f'],
  ['a byte order mark and a soft hyphen', '\ufeff\u00ad'],
  ['noncharacters', '\ufffe\uffff\ufdd0'],
  ['letters with accents, composed', '\u00e9\u00fc\u1e9b\u0323'],
  ['letters with accents, decomposed', 'e\u0301u\u0308'],
  ['characters beyond 16 bits', '\u{1f600}\u{10000}\u{10ffff}'],
  ['the last before the surrogates and the first after', '\ud7ff\ue000'],
  ['what looks like an escape', '\\u0041\\n'],
]

function stringCases(): Case[] {
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
  return [
    ...texts.map(([name, text]) => accept(`text: ${name}`, { op: 'string', text }, JSON.stringify(text))),
    ...controls.map((text, code) =>
      accept(`text: control ${code}`, { op: 'string', text: `a${text}b` }, JSON.stringify(`a${text}b`)),
    ),
  ]
}

/** An answer as an adapter gives it, and what the SDK sends of it. */
function answerCases(): Case[] {
  const kept: readonly Json[] = [
    true,
    false,
    0,
    1,
    -1,
    42,
    2_147_483_648,
    -4_294_967_297,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    '',
    'x,\u00fc',
    '!late',
    'a/b\u2028',
  ]
  const cut: readonly [string, string, string][] = [
    ['text of 256 units', 'a'.repeat(256), 'a'.repeat(256)],
    ['text of 257 units is cut', `${'a'.repeat(256)}b`, 'a'.repeat(256)],
    ['a pair that ends at 256 is kept', `${'a'.repeat(254)}\u{1f600}`, `${'a'.repeat(254)}\u{1f600}`],
    [
      'a pair that the cut goes through becomes U+FFFD',
      `${'a'.repeat(255)}\u{1f600}`,
      `${'a'.repeat(255)}\ufffd`,
    ],
    ['a lone high surrogate becomes U+FFFD', 'a\ud800b', 'a\ufffdb'],
    ['a lone low surrogate becomes U+FFFD', 'a\udc00b', 'a\ufffdb'],
    ['a pair the wrong way round becomes twice U+FFFD', '\udc00\ud800', '\ufffd\ufffd'],
    ['a high surrogate before a pair becomes U+FFFD', '\ud800\u{1f600}', '\ufffd\u{1f600}'],
    ['a high surrogate at the end becomes U+FFFD', 'a\udbff', 'a\ufffd'],
    ['256 characters beyond 16 bits are cut to 128', '\u{1f600}'.repeat(256), '\u{1f600}'.repeat(128)],
  ]
  const refused: readonly [string, Json][] = [
    ['half', 0.5],
    ['a number that is not exact', 9_007_199_254_740_992],
    ['a negative number that is not exact', -9_007_199_254_740_992],
    ['a large number', 1e300],
    ['a small number', 1e-7],
    ['null', null],
    ['a list', [1]],
    ['an object', { a: 1 }],
  ]
  return [
    ...kept.map((value) =>
      accept(`answer ${JSON.stringify(value)}`, { op: 'answer', value }, JSON.stringify(value)),
    ),
    ...cut.map(([name, text, sent]) =>
      accept(`answer: ${name}`, { op: 'answer.units', units: unitsOf(text) }, JSON.stringify(sent)),
    ),
    ...refused.map(([name, value]) => refuse(`answer: ${name}`, { op: 'answer', value }, '!invalid')),
  ]
}

/** The answers of all probes as the fold takes them in. */
function answersCases(): Case[] {
  const lists: readonly (readonly [string, Json][])[] = [
    [],
    [['a', true]],
    [
      ['js.natives', 'JSON.parse'],
      ['n', 7],
      ['os/b', false],
    ],
    [
      ['t', '\u{1f600}"\\/\u2028\u0007'],
      ['u', -9_007_199_254_740_991],
    ],
  ]
  return lists.map((answers) =>
    accept(
      `answers of ${answers.length} probes: ${answers.map(([name]) => name).join(' ')}`,
      { op: 'answers', answers },
      JSON.stringify(answers),
    ),
  )
}

export const jsonText: Family = {
  name: 'json-text',
  about:
    'The exact JSON text that an SDK writes: of a string, of a probe answer (cut to 256 UTF-16 units, lone surrogates replaced), of all answers.',
  floor: { accepted: 70, refused: 8 },
  cases: [...stringCases(), ...answerCases(), ...answersCases()],
}
