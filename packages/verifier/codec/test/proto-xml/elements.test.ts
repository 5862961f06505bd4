import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError } from '../../src/index.ts'
import { protoXmlElements } from '../../src/proto-xml/index.ts'
import type { ElementTemplate } from '@assay/testkit/axml'
import { message, writeProtoXml, type FieldTemplate } from '@assay/testkit/proto-xml'

const read = (document: Uint8Array) => [...protoXmlElements(document)]

function refuses(document: Uint8Array): void {
  expect(() => read(document)).toThrow(expect.objectContaining({ code: 'PROTO_XML' }) as Error)
}

const attribute = (...fields: readonly FieldTemplate[]) =>
  read(message([1, message([3, 'manifest'], [4, message(...fields)])]))[0]?.attributes[0]

describe('protoXmlElements', () => {
  it('returns elements in document order, with depth, namespace and attributes', () => {
    const document = writeProtoXml({
      name: 'manifest',
      attributes: [
        { name: 'package', value: 'com.example' },
        { name: 'versionCode', id: 0x0101021b, value: 7 },
        { name: 'debuggable', id: 0x0101000f, value: true },
        { name: 'label', id: 0x01010001, value: { type: 1, data: 0x7f010001 } },
      ],
      children: [
        { name: 'module', namespace: 'urn:d', children: [{ name: 'delivery', namespace: 'urn:d' }] },
      ],
    })
    const android = 'http://schemas.android.com/apk/res/android'
    expect(read(document)).toEqual([
      {
        depth: 1,
        namespace: '',
        name: 'manifest',
        attributes: [
          {
            namespace: '',
            name: 'package',
            resourceId: undefined,
            value: { type: 'string', value: 'com.example' },
          },
          {
            namespace: android,
            name: 'versionCode',
            resourceId: 0x0101021b,
            value: { type: 'integer', value: 7 },
          },
          {
            namespace: android,
            name: 'debuggable',
            resourceId: 0x0101000f,
            value: { type: 'boolean', value: true },
          },
          {
            namespace: android,
            name: 'label',
            resourceId: 0x01010001,
            value: { type: 'reference', id: 0x7f010001 },
          },
        ],
      },
      { depth: 2, namespace: 'urn:d', name: 'module', attributes: [] },
      { depth: 3, namespace: 'urn:d', name: 'delivery', attributes: [] },
    ])
  })

  it('passes over fields that it does not know, and texts between elements', () => {
    const element = message([3, 'manifest'], [9, 'new'], [10, 5], [5, message([2, 'text'])])
    expect(read(message([1, element], [7, 'new'])).map(({ name }) => name)).toEqual(['manifest'])
  })

  it('reads compiled values of each kind, and takes others for what they are not', () => {
    expect(attribute([2, 'a'], [6, message([2, message([1, 'text'])])])?.value).toEqual({
      type: 'string',
      value: 'text',
    })
    expect(attribute([2, 'a'], [6, message([3, message([1, 'raw'])])])?.value).toEqual({
      type: 'string',
      value: 'raw',
    })
    expect(attribute([2, 'a'], [6, message([1, message([3, 'x/y'])])])?.value).toEqual({
      type: 'reference',
      id: 0,
    })
    const hexadecimal = message([7, message([7, 0xffffffff])])
    expect(attribute([2, 'a'], [6, hexadecimal])?.value).toEqual({ type: 'integer', value: -1 })
    expect(attribute([2, 'a'], [6, message([7, message([3, 1])])])?.value).toMatchObject({ type: 'other' })
    expect(attribute([2, 'a'], [6, message([4, message()])])?.value).toMatchObject({ type: 'other' })
    // Two of a oneof, and none.
    expect(attribute([2, 'a'], [6, message([2, message()], [3, message()])])?.value).toMatchObject({
      type: 'other',
    })
    expect(attribute([2, 'a'], [6, message([7, message()])])?.value).toMatchObject({ type: 'other' })
    expect(attribute([2, 'a'], [5, 0])?.resourceId).toBeUndefined()
  })

  it('refuses what is no document, or says something twice', () => {
    refuses(new Uint8Array())
    refuses(message([2, 'text only']))
    refuses(Uint8Array.of(0x0a, 0x05, 0x1a))
    refuses(message([1, message([3, 'a'])], [1, message([3, 'b'])]))
    refuses(message([1, message([3, 'a'], [3, 'b'])]))
    refuses(message([1, message([3, 5])]))
    refuses(message([1, message([3, 'a'], [4, 5])]))
    refuses(message([1, message([3, Uint8Array.of(0xff)])]))
    refuses(Uint8Array.of(0x0f))
  })

  it('refuses elements nested more than 256 deep, and no sooner', () => {
    const nested = (depth: number): ElementTemplate =>
      depth === 1 ? { name: 'a' } : { name: 'a', children: [nested(depth - 1)] }
    expect(read(writeProtoXml(nested(256)))).toHaveLength(256)
    refuses(writeProtoXml(nested(257)))
  })

  it('refuses more than 262,144 elements and attributes', () => {
    // Field 5 of `XmlElement`, an empty element: six bytes that can be repeated at once.
    const child = Buffer.from(message([5, message([1, message([3, ''])])]))
    const many = (count: number) =>
      message([1, Buffer.concat([message([3, 'a']), Buffer.alloc(child.length * count, child)])])
    expect(read(many(1000))).toHaveLength(1001)
    refuses(many(262_144))
  })

  it('refuses or reads any bytes, and throws nothing else', () => {
    const document = Buffer.from(
      writeProtoXml({ name: 'manifest', attributes: [{ name: 'package', value: 'x' }] }),
    )
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(document)
        changed[at] = value
        try {
          read(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
      }),
    )
  })
})
