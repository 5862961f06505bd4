import fc from 'fast-check'
import { audience } from '../../making/world.ts'
import { type Edit, stepAt } from './edit.ts'

const methods = fc.constantFrom('GET', 'get', 'POST', 'PURGE', '', 'POST ', 'P\u00d6ST')

const pieces = fc.array(
  fc.constantFrom(
    ...[
      '/',
      '/v1',
      '/orders',
      '/%6frders',
      '/%6Frders',
      '%2F',
      '%2f',
      '%c3%a9',
      '%C3%A9',
      '/..',
      '/.',
      '/%2e',
      '/%2E%2e',
    ],
    ...[
      '/.a',
      '/...',
      '//',
      '[',
      ']',
      '|',
      '^',
      '\\',
      '`',
      '{',
      '"',
      '<',
      '%zz',
      '%',
      '%0',
      '%00',
      '~',
      '%7E',
      '%7e',
      ':',
      '@',
    ],
    ...[
      ';a=1',
      '*',
      "'",
      '!',
      '$&',
      '(',
      '+',
      '=',
      ' ',
      '\t',
      '\xe9',
      '\x7f',
      '%25',
      '%2541',
      '%5b',
      '%5D',
      'A'.repeat(4080),
    ],
  ),
  { maxLength: 5 },
)

const tails = fc.constantFrom('', '', '', '?', '?a=1', '?a#b', '#', '#a', '??', '?/../x', '?%')

const fronts = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '',
    'https://elsewhere.example',
    'http://a',
    'HTTPS://a:1',
    'https://',
    'ftp://a',
    '//a',
    'http:/',
    '*',
  ],
)

const bases = fc.constantFrom(
  ...[audience, audience, audience, audience, 'https://API.example.com', 'HTTPS://api.example.com:443'],
  ...[
    'https://api.example.com:',
    'https://api.example.com:0443',
    'https://api.example.com:80',
    'http://api.example.com',
  ],
  ...[
    'https://user@api.example.com',
    'https://api.example.com.',
    'https://api%2eexample.com',
    'https://second.example.com',
  ],
  ...[
    'https://[::1]',
    'https:api.example.com',
    ' https://api.example.com',
    'https://api.example.com:65536',
    '',
  ],
)

interface Aim {
  readonly step: number
  readonly front: string
  readonly path: readonly string[]
  readonly tail: string
  /** The URL that the proofs name. */
  readonly base: string
  readonly other: readonly string[] | undefined
  readonly otherTail: string
}

const aims: fc.Arbitrary<Aim> = fc.record({
  step: fc.nat(3),
  front: fronts,
  path: pieces,
  tail: tails,
  base: bases,
  other: fc.option(pieces, { nil: undefined, freq: 4 }),
  otherTail: tails,
})

/** Another target, and proofs for it or for one that is like it. */
function aimed({ step: at, front, path, tail, base, other = path, otherTail }: Aim): Edit {
  const target = `${front}/${path.join('')}${tail}`.replace('//', '/')
  const htu = `${base}/${other.join('')}${otherTail}`
  return {
    does: `request ${at}: to ${target.slice(0, 80)}, proven for ${htu.slice(0, 80)}`,
    apply(to) {
      const step = stepAt(to, at)
      if (step === undefined) return
      step.target = target
      for (const { value } of step.fields)
        if (value.jwt !== undefined) value.jwt.payload = withMember(value.jwt.payload, 'htu', htu)
    },
  }
}

function called([at, method, isProven]: readonly [number, string, boolean]): Edit {
  return {
    does: `request ${at}: ${method}${isProven ? ', also in the proofs' : ''}`,
    apply(to) {
      const step = stepAt(to, at)
      if (step === undefined) return
      step.method = method
      for (const { value } of step.fields)
        if (isProven && value.jwt !== undefined)
          value.jwt.payload = withMember(value.jwt.payload, 'htm', method)
    },
  }
}

function withMember(payload: string, name: string, value: string): string {
  const text = Buffer.from(JSON.stringify(value)).toString('latin1')
  return payload.replace(new RegExp(`"${name}":"(?:[^"\\\\]|\\\\.)*"`), () => `"${name}":${text}`)
}

export const targetEdits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: aims.map(aimed) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(3), methods, fc.boolean()).map(called) },
)
