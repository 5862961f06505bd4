import { concat, labels, lengthPrefixed, thumbprintInput, uint32, uint64, utf8 } from '@assay/protocol'
import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { base64url, hex, noise, sha256 } from '../material/bytes.ts'
import { keyOf } from '../material/keys.ts'

const strings: readonly [string, Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ...[1, 2, 3, 4, 5, 16, 31, 32, 48, 64, 255].map((length): [string, Uint8Array] => [
    `${length} bytes`,
    noise('encodings', length),
  ]),
  ['zero bytes', new Uint8Array(5)],
  ['all ones', new Uint8Array(6).fill(255)],
  ['both letters of the alphabet that base64 has not', Uint8Array.of(0xfb, 0xff, 0xbf)],
]

const badTexts: readonly [string, string][] = [
  ['one character', 'A'],
  ['five characters', 'AAAAA'],
  ['padding', 'AA=='],
  ['padding of one', 'AAA='],
  ['padding alone', '='],
  ['plus of base64', 'A+AA'],
  ['slash of base64', 'A/AA'],
  ['a space before', ' AAAA'],
  ['a space after', 'AAAA '],
  ['a space within', 'AA AA'],
  ['a line end', 'AAAA\n'],
  ['a line end of Windows', 'AAAA\r\n'],
  ['a tabulator', 'AA\tA'],
  ['a zero character', 'AAA\0'],
  ['an unused bit of four set', 'AB'],
  ['all four unused bits set', 'AP'],
  ['an unused bit of two set', 'AAB'],
  ['both unused bits set', 'AAD'],
  ['a full stop', 'AA.A'],
  ['a percent escape', 'AA%41'],
  ['a letter of another alphabet that looks like A', 'AA\u0410A'],
  ['a full-width A', 'AA\uff21A'],
  ['a letter with an accent', 'AA\u00e4A'],
  ['a character beyond 16 bits', 'AA\u{1f600}'],
  ['a byte order mark', '\ufeffAAAA'],
  ['a comma', 'AA,A'],
  ['a tilde', 'AA~A'],
]

const texts: readonly [string, string][] = [
  ['nothing', ''],
  ['ASCII', 'com.example.app/1.0+1'],
  ['a zero character', 'a\0b'],
  ['two bytes', '\u00e9'],
  ['the same letter decomposed', 'e\u0301'],
  ['three bytes', '\u20ac'],
  ['the last before the surrogates', '\ud7ff'],
  ['the first after the surrogates', '\ue000'],
  ['a character beyond 16 bits', '\u{1f600}'],
  ['the last character', '\u{10ffff}'],
  ['a byte order mark', '\ufeffa'],
  ['Hangul of one character', '\ud55c'],
  ['Hangul decomposed', '\u1112\u1161\u11ab'],
]

function bytesCases(): Case[] {
  return strings.flatMap(([name, bytes]) => [
    accept(`base64url of ${name}`, { op: 'base64url.encode', hex: hex(bytes) }, base64url(bytes)),
    accept(`${name} from base64url`, { op: 'base64url.decode', text: base64url(bytes) }, hex(bytes)),
    accept(`LP of ${name}`, { op: 'lp', hex: hex(bytes) }, hex(lengthPrefixed(bytes))),
  ])
}

function textCases(): Case[] {
  return texts.flatMap(([name, text]) => [
    accept(`UTF-8 of ${name}`, { op: 'utf8', text }, hex(utf8(text))),
    accept(`LP of text: ${name}`, { op: 'lp.text', text }, hex(lengthPrefixed(text))),
  ])
}

function numberCases(): Case[] {
  const small = [0, 1, 255, 256, 65_535, 65_536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]
  const large = [...small, 0x100000000, 0x1_0000_0001, 2 ** 40 + 5, Number.MAX_SAFE_INTEGER]
  return [
    ...small.map((value) => accept(`u32 ${value}`, { op: 'u32', value }, hex(uint32(value)))),
    ...large.map((value) => accept(`u64 ${value}`, { op: 'u64', value }, hex(uint64(value)))),
  ]
}

function labelCases(): Case[] {
  const names = {
    binding: labels.binding,
    'android-key': labels.androidKey,
    'client-data': labels.clientData,
    seg: labels.segment,
    image: labels.image,
    resp: labels.response,
    tag: labels.tag,
  }
  return Object.entries(names).map(([name, bytes]) =>
    accept(`label ${name}`, { op: 'label', name }, hex(bytes)),
  )
}

function thumbprintCases(): Case[] {
  return ['a', 'b', 'c', 'd'].map((name) => {
    const { publicJwk } = keyOf(`thumbprint ${name}`)
    const thumbprint = base64url(sha256(thumbprintInput(publicJwk)))
    return accept(`thumbprint of key ${name}`, { op: 'thumbprint', jwk: { ...publicJwk } }, thumbprint)
  })
}

const mixed = concat(labels.segment, lengthPrefixed('name'), uint64(3), Uint8Array.of(1, 2, 3))

export const encodings: Family = {
  name: 'encodings',
  about: 'Base64url without padding, strict; UTF-8; u32, u64 and LP; labels; JWK thumbprints (RFC 7638).',
  floor: { accepted: 100, refused: 25 },
  cases: [
    ...bytesCases(),
    ...textCases(),
    ...numberCases(),
    ...labelCases(),
    ...thumbprintCases(),
    accept('base64url of a digest input', { op: 'base64url.encode', hex: hex(mixed) }, base64url(mixed)),
    ...badTexts.map(([name, text]) =>
      refuse(`base64url with ${name}`, { op: 'base64url.decode', text }, 'MALFORMED'),
    ),
  ],
}
