import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { base64url, hex } from '../material/bytes.ts'
import { keyOf } from '../material/keys.ts'

/** Made once, since every signing gives another one: key, message, r ‖ s. */
const signed = {
  plain: [
    'signature a',
    'abc',
    'CKssaJkfgUHXCJPYkZrwigG7mBbvmEBeLn1DrJgJJcnu9eEPy1vZ6YHm2TJGz7kJV3H-DQDpHCFFcOTXkdSUxA',
  ],
  'of nothing': [
    'signature a',
    '',
    'PzY5u3KlHsw4PbV19s7-BsxCsgAhZs384WziaoRtqql8lD2DaJilM0USYD3ou99oGFEdzKYXyhAgSx-VP567FA',
  ],
  'of another key': [
    'signature b',
    'abc',
    'AdNsf83AmOkSgNYEE-hF8Ezvvyt2HpZQ36K-3nAvx5kmm_wuietw_I49dzAErysuKROOxLr2mLG9vUdVGxJqXg',
  ],
  'of 1000 bytes': [
    'signature b',
    'x'.repeat(1000),
    '6DcWYRb__z2lWuPsXito3Tx9ThDKYCm8uOriuXXM_lxTpdC4wjjbik0E8toCMexVDiZRuiqPICmJoko_6lh3VA',
  ],
  'with a short r': [
    'signature a',
    'abc',
    'ADAQVNnnc6vT-2aeatHujd5ea5ax5IaenbR0d2MXeSrK7bACWqg5dEjpN9NvvOrheJmuBy6oM-7AoQrUjGR9tg',
  ],
  'with a short s': [
    'signature a',
    'abc',
    'fm78hO3VSYlx51Xu_vwVSagg7QzHa9CEStGgSIAhLhMA6vCWG9JMOU78mC4S5lqqIecW-cuLv8Ih8IfaPc_sKA',
  ],
} as const

/** Order of P-256. */
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')

const plain = Buffer.from(signed.plain[2], 'base64url')
const zero = Buffer.alloc(32)
const joined = (...parts: readonly Buffer[]) => base64url(Buffer.concat(parts))
const [r, s] = [plain.subarray(0, 32), plain.subarray(32)]

function verification(
  signature: string,
  key: string = signed.plain[0],
  data: string = signed.plain[1],
): Case['input'] {
  return { op: 'verify', key: { ...keyOf(key).publicJwk }, data: base64url(data), signature }
}

function verifyCases(): Case[] {
  const wrong: readonly [string, Case['input']][] = [
    ['over other data', verification(signed.plain[2], undefined, 'abd')],
    ['by another key', verification(signed.plain[2], 'signature b')],
    ['of another message', verification(signed['of nothing'][2])],
    ['with r and s swapped', verification(joined(s, r))],
    ['with r zero', verification(joined(zero, s))],
    ['with s zero', verification(joined(r, zero))],
    ['of zeros', verification(joined(zero, zero))],
    ['with r of the order', verification(joined(order, s))],
    ['with s of the order', verification(joined(r, order))],
    ['with one bit flipped', verification(joined(r, s.subarray(0, 31), Buffer.of((s[31] as number) ^ 1)))],
    ['of 63 bytes', verification(joined(r, s.subarray(0, 31)))],
    ['of 65 bytes', verification(joined(r, s, Buffer.of(0)))],
    ['of nothing at all', verification('')],
    ['in DER', verification(base64url(derOf(plain)))],
  ]
  return [
    ...Object.entries(signed).map(([name, [key, data, signature]]) =>
      accept(`a signature ${name}`, verification(signature, key, data), true),
    ),
    ...wrong.map(([name, input]) => refuse(`a signature ${name}`, input, 'SIGNATURE')),
  ]
}

/** r and s as DER (X.690): a sequence of two integers, each without leading zeros but one where the first bit is set. */
function derOf(raw: Uint8Array): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((value) => {
    const at = value.findIndex((byte) => byte !== 0)
    const digits = Buffer.from(value.subarray(at < 0 ? 31 : at))
    const content = (digits[0] as number) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits])
    return Buffer.concat([Buffer.of(2, content.length), content])
  })
  const content = Buffer.concat(integers)
  return Buffer.concat([Buffer.of(0x30, content.length), content])
}

const number = (text: string) => Buffer.from(text.padStart(64, '0'), 'hex')

function derCases(): Case[] {
  const raws: readonly [string, Buffer][] = [
    ...Object.entries(signed).map(([name, [, , signature]]): [string, Buffer] => [
      name,
      Buffer.from(signature, 'base64url'),
    ]),
    ['with r and s of one', Buffer.concat([number('01'), number('01')])],
    ['with the first bit of r set', Buffer.concat([number('80'.padEnd(64, '0')), number('7f')])],
    ['with the first bit of a short s set', Buffer.concat([number('7f'), number('80')])],
    ['with r and s of 31 bytes', Buffer.concat([number('11'.repeat(31)), number('ff'.repeat(31))])],
    ['with the largest r and s', Buffer.concat([number('ff'.repeat(32)), number('ff'.repeat(32))])],
  ]
  const der = derOf(plain)
  const integer = (content: string) => `02${(content.length / 2).toString(16).padStart(2, '0')}${content}`
  const sequence = (content: string) => `30${(content.length / 2).toString(16).padStart(2, '0')}${content}`
  const one = integer('01')
  const broken: readonly [string, string][] = [
    ['nothing', ''],
    ['with a byte after it', `${hex(der)}00`],
    ['cut', hex(der.subarray(0, der.length - 1))],
    ['of another tag', hex(der).replace(/^30/, '31')],
    ['of one integer', sequence(one)],
    ['of three integers', sequence(one + one + one)],
    ['with a byte after s', sequence(`${one}${one}00`)],
    ['with an integer of another tag', sequence(`${one}030101`)],
    ['with a negative integer', sequence(integer('ff') + one)],
    ['with a leading zero too many', sequence(integer('0001') + one)],
    ['with an integer of no byte', sequence(`0200${one}`)],
    ['with an integer of 33 bytes', sequence(integer(`01${'00'.repeat(32)}`) + one)],
    ['with an integer of 34 bytes', sequence(integer(`00ff${'00'.repeat(32)}`) + one)],
    ['with a length in the long form', `3081${sequence(one + one).slice(2)}`],
    ['with a length without end', `3080${one}${one}0000`],
    ['with an integer longer than the rest', sequence(`${one}027f01`)],
    ['as r and s', hex(plain)],
  ]
  return [
    ...raws.flatMap(([name, raw]) => [
      accept(`from DER: ${name}`, { op: 'from-der', der: hex(derOf(raw)) }, hex(raw)),
      accept(`to DER: ${name}`, { op: 'to-der', raw: hex(raw) }, hex(derOf(raw))),
    ]),
    ...broken.map(([name, text]) => refuse(`DER ${name}`, { op: 'from-der', der: text }, 'MALFORMED')),
  ].map((one_) => ({ ...one_, needs: 'der' as const }))
}

export const signatures: Family = {
  name: 'signatures',
  about: 'ES256 as r ‖ s, 64 bytes: what verifies, and how it is made of the DER that some key stores give.',
  floor: { accepted: 28, refused: 30 },
  cases: [...verifyCases(), ...derCases()],
}
