import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { mutate, type Shape } from '../../../src/fuzz/mutation/mutate.ts'
import { longestInput, type Material } from '../../../src/fuzz/mutation/mutator.ts'
import { createRandom } from '../../../src/fuzz/mutation/random.ts'

const seeds: Readonly<Record<Shape, Buffer>> = {
  bytes: Buffer.from('any bytes'),
  der: Buffer.from('30170c0561626364650303000102a009300702010102020100', 'hex'),
  cbor: Buffer.from('a2616182010261625820'.concat('07'.repeat(32)), 'hex'),
  json: Buffer.from('{"a":[1,2,{"b":"c"}],"d":"text"}'),
  compact: Buffer.from('eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiJhIn0.AAAA'),
  zip: zipOf('classes.dex', 'dex'),
}
const shapes = Object.keys(seeds) as Shape[]

function materialOf(seed: number, shape: Shape): Material {
  return { random: createRandom(seed), another: () => seeds[shape], dictionary: [Buffer.from('word')] }
}

function mutants(shape: Shape, count: number): Uint8Array[] {
  const material = materialOf(7, shape)
  return Array.from({ length: count }, () => mutate(seeds[shape], shape, material))
}

/** An archive of one deflated entry. */
function zipOf(name: string, content: string): Buffer {
  const data = deflateRawSync(content)
  const sizes = Buffer.alloc(12)
  sizes.writeUInt32LE(crc32(content), 0)
  sizes.writeUInt32LE(data.length, 4)
  sizes.writeUInt32LE(content.length, 8)
  const names = Buffer.from(`${String.fromCharCode(name.length)}\0\0\0`, 'latin1')
  const header = Buffer.concat([Buffer.from('504b0304140000000800', 'hex'), Buffer.alloc(4), sizes, names])
  const file = Buffer.concat([header, Buffer.from(name), data])
  const record = Buffer.concat([
    Buffer.from('504b01021400140000000800', 'hex'),
    Buffer.alloc(4),
    sizes,
    names,
    Buffer.alloc(14),
    Buffer.from(name),
  ])
  const end = Buffer.from('504b05060000000001000100', 'hex')
  const numbers = Buffer.alloc(10)
  numbers.writeUInt32LE(record.length, 0)
  numbers.writeUInt32LE(file.length, 4)
  return Buffer.concat([file, record, end, numbers])
}

describe.each(shapes)('edits of %s', (shape) => {
  test('are repeated by the same seed', () => {
    expect(mutants(shape, 50)).toEqual(mutants(shape, 50))
  })

  test('change the input, in many ways, and leave the one that is given as it was', () => {
    const before = Buffer.from(seeds[shape])
    const found = new Set(mutants(shape, 200).map((bytes) => Buffer.from(bytes).toString('hex')))
    expect(found.size).toBeGreaterThan(100)
    expect(seeds[shape]).toEqual(before)
  })

  test('stay within the longest input', () => {
    for (const bytes of mutants(shape, 2000)) expect(bytes.length).toBeLessThanOrEqual(longestInput)
  })

  test('take an empty input', () => {
    expect(mutate(new Uint8Array(0), shape, materialOf(3, shape))).toBeInstanceOf(Uint8Array)
  })
})

test('JSON stays JSON as a rule, and does not always', () => {
  const valid = mutants('json', 400).filter(isJson).length
  expect(valid).toBeGreaterThan(150)
  expect(valid).toBeLessThan(400)
})

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString('utf8'))
    return true
  } catch {
    return false
  }
}

test('DER keeps the lengths around an edit right as a rule', () => {
  const whole = mutants('der', 400).filter((bytes) => bytes[0] === 0x30 && bytes[1] === bytes.length - 2)
  expect(whole.length).toBeGreaterThan(100)
})

test('contents of an archive are changed with their checksum', () => {
  const changed = mutants('zip', 400)
    .map((bytes) => Buffer.from(bytes))
    .filter((bytes) => bytes.length > 60 && bytes.readUInt32LE(14) !== seeds.zip.readUInt32LE(14))
    .filter(hasRightChecksum)
  expect(changed.length).toBeGreaterThan(50)
})

function hasRightChecksum(archive: Buffer): boolean {
  const dataAt = 30 + archive.readUInt16LE(26) + archive.readUInt16LE(28)
  try {
    const content = inflateRawSync(archive.subarray(dataAt, dataAt + archive.readUInt32LE(18)))
    return crc32(content) === archive.readUInt32LE(14)
  } catch {
    return false
  }
}
