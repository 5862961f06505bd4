import type { Material } from './mutator.ts'

type Edit = (bytes: Buffer, material: Material) => Uint8Array

const edges = [0, 1, 2, 0x0f, 0x10, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0xa0, 0xfe, 0xff]
const wideEdges = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000]

const edits: readonly Edit[] = [
  (bytes, { random }) =>
    changed(bytes, random.below(bytes.length), (octet) => octet ^ (1 << random.below(8))),
  (bytes, { random }) => changed(bytes, random.below(bytes.length), () => random.pick(edges)),
  (bytes, { random }) => changed(bytes, random.below(bytes.length), () => random.below(256)),
  (bytes, { random }) => changed(bytes, random.below(bytes.length), (octet) => octet + random.pick([1, -1])),
  writeNumber,
  (bytes, { random }) => spliced(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(8))),
  (bytes, { random }) => spliced(bytes, random.below(bytes.length), 1 + random.below(16), empty),
  (bytes, { random }) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, material) => Buffer.concat([bytes, material.random.bytes(1 + material.random.below(4))]),
  repeatRange,
  insertWord,
  crossOver,
]

const empty = new Uint8Array(0)

/** A few edits that ignore the structure. */
export function mutateBytes(input: Uint8Array, material: Material): Uint8Array {
  let bytes: Uint8Array = input
  for (let left = 1 + material.random.below(4); left > 0; left--) {
    bytes =
      bytes.length === 0
        ? material.random.bytes(4)
        : material.random.pick(edits)(Buffer.from(bytes), material)
  }
  return bytes
}

function changed(bytes: Buffer, at: number, change: (octet: number) => number): Buffer {
  bytes[at] = change(bytes[at] as number) & 0xff
  return bytes
}

function spliced(bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])
}

function writeNumber(bytes: Buffer, { random }: Material): Buffer {
  const width = random.pick([2, 4])
  if (bytes.length < width) return bytes
  const value = random.pick(wideEdges) % 2 ** (8 * width)
  const at = random.below(bytes.length - width + 1)
  if (random.oneIn(2)) bytes.writeUIntBE(value, at, width)
  else bytes.writeUIntLE(value, at, width)
  return bytes
}

function repeatRange(bytes: Buffer, { random }: Material): Buffer {
  const from = random.below(bytes.length)
  const range = bytes.subarray(from, from + 1 + random.below(64))
  // Sometimes it repeats so often that the input exceeds bounds of 64 KiB.
  const times = random.oneIn(64) ? Math.ceil(70_000 / range.length) : 1 + random.below(3)
  return spliced(bytes, from, 0, Buffer.concat(Array.from({ length: times }, () => range)))
}

function insertWord(bytes: Buffer, { random, dictionary }: Material): Buffer {
  if (dictionary.length === 0) return bytes
  const word = random.pick(dictionary)
  return spliced(bytes, random.below(bytes.length + 1), random.oneIn(2) ? word.length : 0, word)
}

function crossOver(bytes: Buffer, { random, another }: Material): Buffer {
  const other = another()
  const cut = random.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, cut), other.subarray(random.below(other.length + 1))])
}
