import { addToSketch, mergeSketches, registers, sketchedCount } from './sketch.ts'

/** Members that are kept each; beyond that, their sketch. */
export const mostExact = 10_000

/** How many different ones there are: exactly, from the members themselves, or about, from a sketch of them. */
export type Distinct =
  | { kind: 'members'; members: Set<number> }
  | {
      kind: 'sketch'
      sketch: Uint8Array
      /** The exact number, if it was known before the members were given up. Nothing can be added to it. */
      known: number | undefined
    }

export const noneYet = (): Distinct => ({ kind: 'members', members: new Set() })

/** @returns the same, or what takes its place */
export function withMember(distinct: Distinct, member: number, most = mostExact): Distinct {
  if (distinct.kind === 'members') {
    distinct.members.add(member)
    return distinct.members.size >= most ? sketchOf(distinct) : distinct
  }
  addToSketch(distinct.sketch, member)
  distinct.known = undefined
  return distinct
}

/** Both together. The first may not be used afterwards. */
export function union(one: Distinct, other: Distinct): Distinct {
  if (isEmpty(other)) return one
  if (isEmpty(one)) return copyOf(other)
  if (one.kind === 'members' && other.kind === 'members') {
    for (const member of other.members) one.members.add(member)
    return one.members.size >= mostExact ? sketchOf(one) : one
  }
  const { sketch } = sketchOf(one)
  mergeSketches(sketch, sketchOf(other).sketch)
  return { kind: 'sketch', sketch, known: undefined }
}

const copyOf = (distinct: Distinct): Distinct =>
  distinct.kind === 'members'
    ? { kind: 'members', members: new Set(distinct.members) }
    : { ...distinct, sketch: distinct.sketch.slice() }

/** Without its members: what remains can still be united with others, about. */
export function sketchOf(distinct: Distinct): Extract<Distinct, { kind: 'sketch' }> {
  if (distinct.kind === 'sketch') return distinct
  const sketch = new Uint8Array(registers)
  for (const member of distinct.members) addToSketch(sketch, member)
  const { size } = distinct.members
  return { kind: 'sketch', sketch, known: size < mostExact ? size : undefined }
}

export function countOf(distinct: Distinct): number {
  if (distinct.kind === 'members') return distinct.members.size
  return distinct.known ?? sketchedCount(distinct.sketch)
}

export const isExact = (distinct: Distinct): boolean =>
  distinct.kind === 'members' || distinct.known !== undefined

export const isEmpty = (distinct: Distinct): boolean =>
  distinct.kind === 'members' && distinct.members.size === 0

/** The first byte of the stored form says what follows. */
const [members, estimated, counted] = [0, 1, 2]
const bytesPerMember = 6
const bytesOfNumber = 4

/** Length of the stored form of a sketch: no other that is longer needs to be kept for long. */
export const sketchLength: number = 1 + bytesOfNumber + registers

/** As it is stored: empty for none. */
export function encodeDistinct(distinct: Distinct): Buffer {
  if (isEmpty(distinct)) return Buffer.alloc(0)
  if (distinct.kind === 'members') {
    const bytes = Buffer.alloc(1 + distinct.members.size * bytesPerMember)
    bytes[0] = members
    let at = 1
    for (const member of distinct.members) at = bytes.writeUIntBE(member, at, bytesPerMember)
    return bytes
  }
  const head = Buffer.alloc(1 + bytesOfNumber)
  head[0] = distinct.known === undefined ? estimated : counted
  head.writeUInt32BE(distinct.known ?? 0, 1)
  return Buffer.concat([head, distinct.sketch])
}

/** @throws Error if it is no stored form: the database was changed by somebody else */
export function decodeDistinct(stored: Uint8Array): Distinct {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
  const [kind] = bytes
  if (kind === undefined) return noneYet()
  if (kind === members && (bytes.length - 1) % bytesPerMember === 0) {
    const distinct = new Set<number>()
    for (let at = 1; at < bytes.length; at += bytesPerMember)
      distinct.add(bytes.readUIntBE(at, bytesPerMember))
    return { kind: 'members', members: distinct }
  }
  if ((kind === estimated || kind === counted) && bytes.length === sketchLength) {
    const known = kind === counted ? bytes.readUInt32BE(1) : undefined
    return { kind: 'sketch', sketch: Uint8Array.from(bytes.subarray(1 + bytesOfNumber)), known }
  }
  throw new Error('a count of installations in the store has no known form')
}
