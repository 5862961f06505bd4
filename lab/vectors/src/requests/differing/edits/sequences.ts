import fc from 'fast-check'
import { ports } from '../../form/request-case.ts'
import type { ServedDocument } from '../../form/request-case.ts'
import { jwksUrl, statusUrl } from '../../making/world.ts'
import { type OpenDocument, openDocument, type OpenStep } from '../open/open-case.ts'
import { chosen, type Edit } from './edit.ts'
import { textEdits } from './json-text.ts'

/** Sequences: requests again and later, what is served in the meantime, and ports that fail. */

const at = fc.nat(7)
const later = [
  0, 0.5, 1, 4, 5, 6, 9, 10, 11, 15, 20, 21, 29, 30, 31, 35, 60, 70, 150, 300, 301, 599, 600, 601, 900,
]
const delays = fc.constantFrom(...later, 1800, 3600, 4199, 4200, 4201, 7200, -1, -5, -6, -7, -60, -700)

/** The request again at another time, its token and proof made at that time, under another id where they are fresh. */
function again(step: OpenStep, seconds: number, isFresh: boolean): OpenStep {
  const moved = (payload: string) =>
    payload.replace(
      /"(iat|exp|nbf)":(\d+)/g,
      (_, name: string, time: string) => `"${name}":${Number(time) + seconds}`,
    )
  return {
    ...step,
    now: step.now === null ? null : step.now + seconds,
    documents: {},
    failing: [],
    fields: step.fields.map(({ name, value }) => {
      const { jwt } = value
      if (jwt === undefined) return { name, value: { ...value } }
      const payload = isFresh
        ? moved(jwt.payload).replace('"jti":"proof-', `"jti":"proof-${seconds}-`)
        : jwt.payload
      return { name, value: { ...value, jwt: { ...jwt, encoding: { ...jwt.encoding }, payload } } }
    }),
  }
}

const inPlaces = (does: string, apply: Edit['apply']): Edit => ({ does, apply })

const order: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(at, delays, fc.boolean()).map(([of, seconds, isFresh]) =>
      inPlaces(`request ${of} ${isFresh ? 'afresh' : 'again'} ${seconds} s later`, ({ steps }) => {
        const step = chosen(steps, of)
        // Delays add up to whole sequences.
        if (step !== undefined && steps.length < 12) steps.push(again(step, seconds, isFresh))
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: at.map((of) =>
      inPlaces(`without request ${of}`, ({ steps }) => {
        if (steps.length > 1) steps.splice(of % steps.length, 1)
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(at, fc.constantFrom(...ports)).map(([of, port]) =>
      inPlaces(`request ${of}: ${port} fails`, ({ steps }) => {
        // A verifier may keep digests, and then needs no SHA-256 for a request that is like one before.
        chosen(port === 'crypto' ? steps.slice(0, 1) : steps, of)?.failing.push(port)
      }),
    ),
  },
)

/** Edits of what is served, from all that the known cases serve. */
export function documentEdits(known: readonly ServedDocument[]): fc.Arbitrary<Edit> {
  const plain: readonly ServedDocument[] = [
    { fails: true },
    { status: 404 },
    { status: 503, text: '{}' },
    { status: 304 },
    { status: 200, text: '' },
  ]
  const served = fc.oneof(fc.constantFrom(...plain), fc.constantFrom(...known))
  const urls = fc.constantFrom(jwksUrl, statusUrl)
  const inDocument = (does: string, of: number, change: (document: OpenDocument) => void) =>
    inPlaces(`document ${of}: ${does}`, ({ steps }) => {
      const document = chosen(
        steps.flatMap(({ documents }) => Object.values(documents)),
        of,
      )
      if (document !== undefined) change(document)
    })
  return fc.oneof(
    fc.tuple(at, urls, served).map(([of, url, document]) =>
      inPlaces(`request ${of}: ${url} serves ${JSON.stringify(document).slice(0, 60)}`, ({ steps }) => {
        const step = chosen(steps, of)
        if (step !== undefined) step.documents[url] = openDocument(document)
      }),
    ),
    fc.tuple(at, textEdits).map(([of, { does, change }]) =>
      inDocument(does, of, ({ text }) => {
        if (text === undefined) return
        if (text.jwt === undefined) text.before = fromBytes(change(toBytes(text.before)))
        else text.jwt.payload = change(text.jwt.payload)
      }),
    ),
    fc.tuple(at, fc.constantFrom(' ', '\n', '\t', '\r', '\f', '\u00a0', '\ufeff', 'x')).map(([of, more]) =>
      inDocument(`${JSON.stringify(more)} around`, of, ({ text }) => {
        if (text !== undefined) Object.assign(text, { before: more + text.before, after: text.after + more })
      }),
    ),
    fc.tuple(at, fc.constantFrom('"a"', 'W/"a"', '', 'a')).map(([of, tag]) =>
      inDocument(`ETag ${tag}`, of, (document) => {
        if ('status' in document.served)
          document.served = { ...document.served, fields: { ...document.served.fields, ETag: tag } }
      }),
    ),
  )
}

/** A case serves text, whose characters need not be bytes. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Bytes that are no UTF-8 become the character that stands for them: served as text, they cannot be themselves. */
function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString()
}

export const sequenceEdits = order
