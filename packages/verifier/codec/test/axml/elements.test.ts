import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axmlElements } from '../../src/axml/index.ts'
import { CodecError } from '../../src/index.ts'
import { codeOf, expectCode } from '../expect-code.ts'
import { chunk, writeAxml, writeStringPool } from '@assay/testkit/axml'
import type { AxmlOptions, ElementTemplate } from '@assay/testkit/axml'

const versionCode = 0x0101021b
const debuggable = 0x0101000f

const document: ElementTemplate = {
  name: 'manifest',
  attributes: [
    { name: 'versionCode', id: versionCode, value: 7 },
    { name: 'package', value: 'com.example.app' },
  ],
  children: [
    {
      name: 'application',
      attributes: [{ name: 'debuggable', id: debuggable, value: true }],
      children: [{ name: 'activity' }],
    },
  ],
}

const read = (bytes: Uint8Array) => [...axmlElements(bytes)]
const readDocument = (options?: AxmlOptions) => read(writeAxml(document, options))

const expected = [
  {
    depth: 1,
    namespace: '',
    name: 'manifest',
    attributes: [
      {
        namespace: 'http://schemas.android.com/apk/res/android',
        name: 'versionCode',
        resourceId: versionCode,
        value: { type: 'integer', value: 7 },
      },
      {
        namespace: '',
        name: 'package',
        resourceId: undefined,
        value: { type: 'string', value: 'com.example.app' },
      },
    ],
  },
  {
    depth: 2,
    namespace: '',
    name: 'application',
    attributes: [
      {
        namespace: 'http://schemas.android.com/apk/res/android',
        name: 'debuggable',
        resourceId: debuggable,
        value: { type: 'boolean', value: true },
      },
    ],
  },
  { depth: 3, namespace: '', name: 'activity', attributes: [] },
]

describe('axmlElements', () => {
  it('reads elements and attributes from UTF-16 and UTF-8 pools', () => {
    expect(readDocument()).toEqual(expected)
    expect(readDocument({ utf8: true })).toEqual(expected)
  })

  it('identifies attributes by resource id when their names are blanked', () => {
    const ids = readDocument({ blankNames: true }).flatMap(({ attributes }) =>
      attributes.map(({ name, resourceId }) => [name, resourceId]),
    )
    expect(ids).toEqual([
      ['', versionCode],
      ['package', undefined],
      ['', debuggable],
    ])
  })

  it("takes the attributes' place and size from the element, not from constants", () => {
    expect(readDocument({ attributeSize: 28, attributeGap: 12 })).toEqual(expected)
  })

  it('passes over unknown chunks, and over what follows the root', () => {
    const unknown = chunk(0x0999, 8, Buffer.from('whatever'))
    expect(readDocument({ before: [unknown] })).toEqual(expected)
    expect(readDocument({ after: Buffer.from('not a chunk at all') })).toEqual(expected)
  })

  it('distinguishes references from other types', () => {
    const values = [
      { type: 0x01, data: 0x7f010000 },
      { type: 0x05, data: 3 },
      { type: 0x11, data: 0xffffffff },
    ]
    const attributes = values.map((value, i) => ({ name: `a${i}`, value }))
    expect(read(writeAxml({ name: 'a', attributes }))[0]?.attributes.map(({ value }) => value)).toEqual([
      { type: 'reference', id: 0x7f010000 },
      { type: 'other', dataType: 5, data: 3 },
      { type: 'integer', value: -1 },
    ])
  })

  it('reads long strings in both encodings', () => {
    for (const utf8 of [true, false]) {
      const long = 'é'.repeat(utf8 ? 10_000 : 70_000)
      const bytes = writeAxml({ name: 'a', attributes: [{ name: 'b', value: long }] }, { utf8 })
      expect(read(bytes)[0]?.attributes[0]?.value).toEqual({ type: 'string', value: long })
    }
  })

  it('does not read on when the consumer stops', () => {
    const bytes = writeAxml(document)
    const cut = Buffer.from(bytes)
    cut.fill(0xff, cut.length - 24)
    expect(axmlElements(cut).next().value).toEqual(expected[0])
    expectCode('AXML_CHUNK', () => read(cut))
  })

  it('refuses what is not a document', () => {
    expectCode('AXML_CHUNK', () => read(Buffer.alloc(0)))
    expectCode('AXML_CHUNK', () => read(Buffer.from('<manifest package="a"/>')))
    expectCode('AXML_CHUNK', () => read(chunk(0x0002, 8, Buffer.alloc(8))))
    const bytes = writeAxml(document)
    bytes.writeUInt32LE(bytes.length + 1, 4)
    expectCode('AXML_CHUNK', () => read(bytes))
  })

  it('refuses chunks smaller than their header or larger than their parent', () => {
    for (const [at, value] of [
      [12, 4],
      [12, 0],
      [12, 0x7fffffff],
    ] as const) {
      const bytes = writeAxml(document)
      bytes.writeUInt32LE(value, at)
      expectCode('AXML_CHUNK', () => read(bytes))
    }
  })

  it('refuses strings outside the pool', () => {
    const pool = writeStringPool(['manifest'], true)
    const poolAt = 8
    for (const [at, value] of [
      [poolAt + 8, 0x10000000],
      [poolAt + 20, 0x10000000],
      [poolAt + 28, pool.length],
    ] as const) {
      const bytes = writeAxml({ name: 'manifest' }, { utf8: true })
      bytes.writeUInt32LE(value, at)
      expectCode('AXML_STRING_POOL', () => read(bytes))
    }
  })

  it('refuses a pool whose strings overlap to decode to more than it holds', () => {
    const length = 20_000
    const count = 200
    const attributes = Array.from({ length: count }, (_, i) => ({ name: `n${i}`, value: i }))
    const bytes = writeAxml({ name: 'x'.repeat(length), attributes }, { utf8: true })
    // Every string now starts where the long name does.
    const pool = 8
    const longest = count + 1
    for (let i = 0; i < count + 2; i++) {
      const offset = bytes.readUInt32LE(pool + 28 + i * 4)
      const start = pool + bytes.readUInt32LE(pool + 20) + offset
      if (bytes.readUInt8(start) >= 0x80)
        for (let j = 0; j <= longest; j++) bytes.writeUInt32LE(offset, pool + 28 + j * 4)
    }
    expectCode('AXML_STRING_POOL', () => read(bytes))
  })

  it('refuses elements before a pool, attributes past the chunk, and bad nesting', () => {
    const start = writeAxml({ name: 'a' })
    const nodesAt = 8 + start.readUInt32LE(12) + 8
    const header = Buffer.from(start.subarray(0, 8))
    const withoutPool = Buffer.concat([header, start.subarray(nodesAt)])
    withoutPool.writeUInt32LE(withoutPool.length, 4)
    expectCode('AXML_STRING_POOL', () => read(withoutPool))

    const bytes = writeAxml({ name: 'a' })
    bytes.writeUInt16LE(1, nodesAt + 16 + 12)
    expectCode('AXML_ELEMENT', () => read(bytes))

    const small = writeAxml(document)
    const smallNodesAt = 8 + small.readUInt32LE(12) + small.readUInt32LE(8 + small.readUInt32LE(12) + 4)
    small.writeUInt16LE(19, smallNodesAt + 16 + 10)
    expectCode('AXML_ELEMENT', () => read(small))

    const short = chunk(0x0102, 16, Buffer.alloc(8 + 19))
    const withShort = Buffer.concat([start.subarray(0, nodesAt), short, start.subarray(start.length - 24)])
    withShort.writeUInt32LE(withShort.length, 4)
    expectCode('AXML_ELEMENT', () => read(withShort))

    const onlyEnd = Buffer.concat([start.subarray(0, nodesAt), start.subarray(start.length - 24)])
    onlyEnd.writeUInt32LE(onlyEnd.length, 4)
    expectCode('AXML_ELEMENT', () => read(onlyEnd))

    const noEnd = Buffer.from(start.subarray(0, start.length - 24))
    noEnd.writeUInt32LE(noEnd.length, 4)
    expectCode('AXML_ELEMENT', () => read(noEnd))

    let deep: ElementTemplate = { name: 'a' }
    for (let i = 0; i < 256; i++) deep = { name: 'a', children: [deep] }
    expectCode('AXML_ELEMENT', () => read(writeAxml(deep)))
  })

  it('refuses mutated documents with a code of its own or reads them, never otherwise', () => {
    const base = writeAxml(document, { utf8: true })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat(base.length),
        (changes, cut) => {
          const bytes = Buffer.from(base)
          for (const [at, value] of changes) bytes[at] = value
          codeOf(() => read(bytes))
          codeOf(() => read(bytes.subarray(0, cut)))
        },
      ),
    )
  })

  it('is a CodecError', () => {
    expect(() => read(Buffer.alloc(3))).toThrow(CodecError)
  })
})
