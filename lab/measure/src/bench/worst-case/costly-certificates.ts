import { generateKeyPairSync } from 'node:crypto'
import {
  bits,
  context,
  element,
  generalizedTime,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  utf8String,
} from '../evidence/der.ts'

/** Bytes of a certificate that evidence may have. */
const longest = 8192

/** Each key is different: a chain that repeats a key is refused early. */
const newKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' })
const algorithm = sequence(oid('1.2.840.10045.4.3.2'))

/** As many of `part` as fit into a certificate next to `taken` bytes, or into `room` bytes. */
export function fill(part: (i: number) => Buffer, taken = 500, room = longest): Buffer[] {
  const parts: Buffer[] = []
  for (let left = room - taken, i = 0; ; i++) {
    const next = part(i)
    if ((left -= next.length) < 0) return parts
    parts.push(next)
  }
}

export interface CostlyParts {
  readonly issuer?: Buffer
  readonly subject?: Buffer
  readonly extensions?: readonly Buffer[]
}

/** A certificate in DER that nobody has signed. */
export function certificate({
  issuer = name('a'),
  subject = name('a'),
  extensions = [],
}: CostlyParts): Buffer {
  const tbs = sequence(
    context(0, integer(2)),
    integer(1),
    algorithm,
    issuer,
    sequence(generalizedTime('20260101000000Z'), generalizedTime('20460101000000Z')),
    subject,
    newKey(),
    ...(extensions.length === 0 ? [] : [context(3, sequence(...extensions))]),
  )
  return sequence(tbs, algorithm, bits(Buffer.alloc(70, 1)))
}

export const extension = (id: string, content: Buffer): Buffer => sequence(oid(id), octets(content))

export function name(text: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), utf8String(text))))
}

/** A name with as many attributes as fit: each is folded and normalised for comparison. */
export const longName = (taken?: number): Buffer =>
  sequence(...fill((i) => set(sequence(oid(`2.5.4.${i % 100}`), utf8String('\ufdfa'))), taken))

/** A name of one attribute, of characters that normalising makes eighteen times as many. */
export const wideName = (): Buffer => name('\ufdfa'.repeat(2500))

/** More extensions than a certificate may have, in as many bytes as it may have or in `room`. */
export const manyExtensions = (room?: number): Buffer[] =>
  fill((i) => extension(`1.2.${i}`, Buffer.alloc(0)), 500, room)

/** As many extensions as it may have, each of as many bytes as there is room for. */
export const longExtensions = (): Buffer[] =>
  Array.from({ length: 64 }, (_, i) => extension(`1.2.840.113635.100.8.${i}`, Buffer.alloc(90)))

/** A key description whose lists have as many fields as there is room for. */
export const longStatement = (): Buffer =>
  statement(sequence(...fill((i) => context(1000 + i, nothing()), 1200)))

/** One whose application id names as many packages as there is room for. */
export const manyPackages = (packageName: string, signer: string): Buffer => {
  const packages = fill(() => sequence(octets(Buffer.from(packageName)), integer(7)), 3000)
  const digests = Array.from({ length: 60 }, () => octets(Buffer.from(signer, 'hex')))
  return statement(sequence(context(709, octets(sequence(set(...packages), set(...digests))))))
}

/** A key description with this list of what the system says. */
export function statement(software = sequence()): Buffer {
  const enumerated = element(0x0a, Buffer.of(1))
  const content = sequence(
    ...[
      integer(400),
      enumerated,
      integer(400),
      enumerated,
      octets(Buffer.alloc(43)),
      octets(Buffer.alloc(0)),
    ],
    software,
    sequence(context(503, nothing()), context(1, set(...Array.from({ length: 100 }, () => integer(2))))),
  )
  return extension('1.3.6.1.4.1.11129.2.1.17', content)
}
