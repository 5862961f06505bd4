/** Checks the members that docs/protocol.md names against the schemas of the service. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as forms from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { productSchemes } from '../apps/service/src/composition/product-schemes.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/protocol.md'), 'utf8')

/** Text of the section with this number, including subsections. */
function sectionOf(text, number) {
  const [, body] = text.split(new RegExp(`^## ${number}\\. .*$`, 'm'))
  if (body === undefined) throw new Error(`docs/protocol.md has no section ${number}`)
  return body.split(/^## /m)[0]
}

/** Rows of the tables of a text, as cells, without the heads. */
function tablesOf(text) {
  return [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) =>
    table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').slice(1, -1)),
  )
}

/** The names in code spans. */
const spansOf = (text) => [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span)
const sorted = (names) => [...names].sort()
const membersOf = (schema) => sorted(Object.keys(schema.shape))

/** Members that the first column of a table names. */
const namedIn = (rows) => sorted(rows.flatMap(([first]) => spansOf(first)))

/** For each place: the members that the page names, and those that the schema has. */
function places(text) {
  const [request, answer] = tablesOf(sectionOf(text, 3))
  const [data] = tablesOf(sectionOf(text, 8))
  const [items] = tablesOf(sectionOf(text, 9))
  const attestations = sectionOf(text, 10)
  const [sent] = spansOf(attestations)
  const [, sentence] = /^Answer \(200\): (.*?\.) /m.exec(attestations)
  const measured = data.find(([first]) => first.includes('`measurement`'))[1]
  const item = (format) => items.find(([first]) => first.includes(`\`${format}\``))
  return {
    'body of /v1/challenges': [namedIn(request), membersOf(forms.challengeRequest)],
    'answer of /v1/challenges': [namedIn(answer), membersOf(forms.challenge)],
    'client data': [namedIn(data), membersOf(forms.clientData)],
    measurement: [
      sorted([...measured.matchAll(/"(\w+)":/g)].map(([, name]) => name)),
      membersOf(forms.clientData.shape.measurement),
    ],
    'formats of items': [namedIn(items), sorted(productSchemes.map(({ descriptor }) => descriptor.name))],
    ...Object.fromEntries(
      productSchemes.map(({ descriptor: { name }, item: schema }) => [
        `item ${name}`,
        [
          sorted(['format', ...[...(item(name)?.[1] ?? '').matchAll(/`(\w+)`:/g)].map(([, found]) => found)]),
          membersOf(schema),
        ],
      ]),
    ),
    'body of /v1/attestations': [
      sorted([...sent.matchAll(/"(\w+)":/g)].map(([, name]) => name)),
      membersOf(forms.attestationRequest),
    ],
    'answer of /v1/attestations': [
      sorted(spansOf(sentence).flatMap((span) => span.match(/\w+/g))),
      sorted([...membersOf(forms.attestation), ...membersOf(forms.attestation.shape.tokens.element)]),
    ],
  }
}

/** The places at which a page names other members than the schemas. */
const parted = (text) =>
  Object.entries(places(text))
    .filter(([, [named, known]]) => named.join() !== known.join())
    .map(([place]) => place)

describe('docs/protocol.md', () => {
  it.each(Object.entries(places(page)))('names every member, and no other: %s', (_place, [named, known]) => {
    expect(named.length).toBeGreaterThan(1)
    expect(named).toEqual(known)
  })

  it.each([
    ['| `purpose` | `enrolment`', '| `reason` | `enrolment`', 'body of /v1/challenges'],
    ['| `expires_in` | seconds', '| `expires_in`, `expires_at` | seconds', 'answer of /v1/challenges'],
    ['| `sdk`, `audiences` | as in', '| `sdk` | as in', 'client data'],
    ['`{"response":…,"tags"', '`{"response":…,"marks"', 'measurement'],
    ['| `play-integrity` | `token`: as', '| `play-integrity` | `jwt`: as', 'item play-integrity'],
    [
      '{"client_data": base64url, "signature": base64url,',
      '{"client_data": base64url,',
      'body of /v1/attestations',
    ],
    ['`server_time` in unix seconds; ', '', 'answer of /v1/attestations'],
  ])('a page that parts from the schemas is found: %s', (text, instead, place) => {
    expect(page).toContain(text)
    expect(parted(page.replace(text, instead))).toEqual([place])
  })
})
