import fc from 'fast-check'
import { chosen, type Edit, stepAt, textsOf } from './edit.ts'
import type { OpenField, OpenStep, OpenText } from '../open/open-case.ts'

const names = fc.constantFrom(
  ...[
    'OAuth-Client-Attestation',
    'OAuth-Client-Attestation-PoP',
    'DPoP',
    'Authorization',
    'X-Forwarded-Proto',
  ],
  ...[
    'X-Forwarded-Host',
    'Assay-Status',
    'oauth-client-attestation',
    'DPOP',
    'AUTHORIZATION',
    'X-DPoP',
    'dpop-',
  ],
)
const spaces = fc.constantFrom(' ', '\t', '  ', ' \t', ',', ', ', ' ,', ',,', '\xa0', '\x85', '\f')
const literals = fc.constantFrom(
  ...['', ' ', 'a', 'a.b.c', 'e30.e30.AA', '.', '..', 'Bearer', 'Bearer ', 'DPoP a', 'Bearer a', 'bearer\ta'],
  ...[
    'Basic dXNlcjpwYXNz',
    'Basic a, Bearer b',
    'Digest a="b", DPoP',
    'BearerX a',
    'DPoP =',
    'Bearer a==',
    'Bearer a=b',
  ],
  ...[
    'Bearer  a',
    'DPoP a,Bearer b',
    'DPoP a , dpop b',
    'https',
    'http',
    'HTTPS',
    'api.example.com',
    'API.example.com:443',
  ],
  ...['second.example.com', 'evil.example', 'network', 'Bearer \xe9', 'Bearer a, b', 'Bearer v4.public.AA'],
)
const schemes = fc.constantFrom(
  ...[
    'Bearer ',
    'DPoP ',
    'bearer ',
    'dPOP  ',
    'DPoP\t',
    'Bearer',
    'Basic ',
    'BearerX ',
    ' DPoP ',
    'Bearer , DPoP ',
    '',
  ],
)

/** Edits of the fields of one request. */
function inStep(does: string, at: number, change: (step: OpenStep) => void): Edit {
  return {
    does: `request ${at}: ${does}`,
    apply(to) {
      const step = stepAt(to, at)
      if (step !== undefined) change(step)
    },
  }
}

function inText(does: string, at: number, change: (text: OpenText) => void): Edit {
  return {
    does: `value ${at}: ${does}`,
    apply(to) {
      const text = chosen(textsOf(to), at)
      if (text !== undefined) change(text)
    },
  }
}

function copied({ name, value }: OpenField): OpenField {
  const { jwt, ...text } = value
  return {
    name,
    value: jwt === undefined ? text : { ...text, jwt: { ...jwt, encoding: { ...jwt.encoding } } },
  }
}

const at = fc.nat(3)
const field = fc.nat(7)

export const fieldEdits: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .tuple(at, names, literals)
    .map(([step, name, text]) =>
      inStep(
        `${name}: ${text}`,
        step,
        ({ fields }) => void fields.push({ name, value: { before: text, after: '' } }),
      ),
    ),
  fc.tuple(at, field, names).map(([step, of, name]) =>
    inStep(`field ${of} also as ${name}`, step, ({ fields }) => {
      const from = chosen(fields, of)
      if (from !== undefined) fields.push({ ...copied(from), name })
    }),
  ),
  fc.tuple(at, field, names).map(([step, of, name]) =>
    inStep(`field ${of} is called ${name}`, step, ({ fields }) => {
      const from = chosen(fields, of)
      if (from !== undefined) from.name = name
    }),
  ),
  fc
    .tuple(at, field)
    .map(([step, of]) =>
      inStep(
        `without field ${of}`,
        step,
        ({ fields }) => void fields.splice(of % Math.max(1, fields.length), 1),
      ),
    ),
  fc
    .tuple(at, field)
    .map(([step, of]) =>
      inStep(
        `field ${of} last`,
        step,
        ({ fields }) => void fields.push(...fields.splice(of % Math.max(1, fields.length), 1)),
      ),
    ),
  fc.tuple(fc.nat(31), spaces).map(([of, text]) =>
    inText(`${JSON.stringify(text)} behind`, of, (value) => {
      value.after += text
    }),
  ),
  fc.tuple(fc.nat(31), spaces).map(([of, text]) =>
    inText(`${JSON.stringify(text)} before`, of, (value) => {
      value.before = text + value.before
    }),
  ),
  fc.tuple(fc.nat(31), schemes).map(([of, text]) =>
    inText(`begins with ${JSON.stringify(text)}`, of, (value) => {
      value.before = text
    }),
  ),
  fc.tuple(fc.nat(31), literals).map(([of, text]) =>
    inText(`then a comma and ${text}`, of, (value) => {
      value.after += `, ${text}`
    }),
  ),
  fc.tuple(fc.nat(31), fc.constantFrom(1000, 3000, 6144, 8192, 8193)).map(([of, length]) =>
    inText(`${length} more characters`, of, (value) => {
      value.after += 'A'.repeat(length)
    }),
  ),
)
