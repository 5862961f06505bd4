import { CodecError } from '../errors/codec-error.ts'
import { readStringPool } from './string-pool.ts'
import type { StringPool } from './string-pool.ts'

/** A typed value (`Res_value`), with a string resolved from the pool. */
export type AxmlValue =
  | { type: 'string'; value: string }
  | { type: 'integer'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'reference'; id: number }
  | { type: 'other'; dataType: number; data: number }

export interface AxmlAttribute {
  /** Namespace URI; empty for none. */
  namespace: string
  /** Empty if blanked, as some obfuscators do: identify attributes of `android:` by `resourceId`. */
  name: string
  resourceId: number | undefined
  value: AxmlValue
}

/** The start of an element, in document order. */
export interface AxmlElement {
  /** 1 for the root. */
  depth: number
  namespace: string
  name: string
  attributes: AxmlAttribute[]
}

const chunkTypes = {
  stringPool: 0x0001,
  xml: 0x0003,
  resourceMap: 0x0180,
  firstNode: 0x0100,
  lastNode: 0x017f,
  startElement: 0x0102,
  endElement: 0x0103,
} as const

const valueTypes = { reference: 0x01, string: 0x03, decimal: 0x10, hexadecimal: 0x11, boolean: 0x12 } as const

const noString = 0xffffffff
const attributeLength = 20
const greatestDepth = 256

interface Chunk {
  type: number
  /** The whole chunk, header included. */
  bytes: DataView
  headerLength: number
}

/**
 * The start of each element of a compiled XML document (AXML), in document order, as far as requested.
 *
 * As Android does: the attribute layout is taken from the element's own header, unknown chunks are skipped, a
 * string pool or resource map counts only before the first node, and nothing after the end of the root is read.
 *
 * @throws CodecError (`AXML_…`) if the document proves malformed.
 */
export function* axmlElements(document: Uint8Array): Generator<AxmlElement> {
  const view = new DataView(document.buffer, document.byteOffset, document.byteLength)
  const root = readChunk(view, 0)
  if (root.type !== chunkTypes.xml) throw new CodecError('AXML_CHUNK', 'not a compiled XML document')

  let strings: StringPool | undefined
  let resourceMap: DataView | undefined
  let inNodes = false
  let depth = 0
  let at = root.headerLength
  while (at < root.bytes.byteLength) {
    const chunk = readChunk(root.bytes, at)
    at += chunk.bytes.byteLength
    inNodes ||= chunk.type >= chunkTypes.firstNode && chunk.type <= chunkTypes.lastNode
    if (chunk.type === chunkTypes.stringPool && !inNodes) strings = readStringPool(chunk.bytes)
    if (chunk.type === chunkTypes.resourceMap && !inNodes) resourceMap = contentOf(chunk)
    if (chunk.type === chunkTypes.startElement) {
      depth++
      if (depth > greatestDepth) throw malformedElement()
      if (strings === undefined) throw new CodecError('AXML_STRING_POOL', 'an element before any string pool')
      yield readStartElement(chunk, depth, strings, resourceMap)
    }
    if (chunk.type === chunkTypes.endElement) {
      depth--
      if (depth < 0) throw malformedElement()
      if (depth === 0) return
    }
  }
  throw malformedElement()
}

function readChunk(parent: DataView, at: number): Chunk {
  if (at + 8 > parent.byteLength) throw malformedChunk()
  const headerLength = parent.getUint16(at + 2, true)
  const length = parent.getUint32(at + 4, true)
  if (headerLength < 8 || length < headerLength || at + length > parent.byteLength) throw malformedChunk()
  return {
    type: parent.getUint16(at, true),
    bytes: new DataView(parent.buffer, parent.byteOffset + at, length),
    headerLength,
  }
}

function contentOf(chunk: Chunk): DataView {
  return new DataView(
    chunk.bytes.buffer,
    chunk.bytes.byteOffset + chunk.headerLength,
    chunk.bytes.byteLength - chunk.headerLength,
  )
}

function readStartElement(
  chunk: Chunk,
  depth: number,
  strings: StringPool,
  resourceMap: DataView | undefined,
): AxmlElement {
  const content = contentOf(chunk)
  if (content.byteLength < attributeLength) throw malformedElement()
  const start = content.getUint16(8, true)
  const size = content.getUint16(10, true)
  const count = content.getUint16(12, true)
  if (count > 0 && (size < attributeLength || start + size * count > content.byteLength))
    throw malformedElement()
  const attributes: AxmlAttribute[] = []
  for (let i = 0; i < count; i++)
    attributes.push(readAttribute(content, start + size * i, strings, resourceMap))
  return {
    depth,
    namespace: optionalString(strings, content.getUint32(0, true)),
    name: strings.at(content.getUint32(4, true)),
    attributes,
  }
}

function readAttribute(
  content: DataView,
  at: number,
  strings: StringPool,
  resourceMap: DataView | undefined,
): AxmlAttribute {
  const nameIndex = content.getUint32(at + 4, true)
  return {
    namespace: optionalString(strings, content.getUint32(at, true)),
    name: optionalString(strings, nameIndex),
    resourceId:
      resourceMap !== undefined && nameIndex * 4 + 4 <= resourceMap.byteLength
        ? resourceMap.getUint32(nameIndex * 4, true)
        : undefined,
    value: readValue(content.getUint8(at + 15), content.getUint32(at + 16, true), strings),
  }
}

function readValue(dataType: number, data: number, strings: StringPool): AxmlValue {
  switch (dataType) {
    case valueTypes.string:
      return { type: 'string', value: strings.at(data) }
    case valueTypes.decimal:
    case valueTypes.hexadecimal:
      return { type: 'integer', value: data | 0 }
    case valueTypes.boolean:
      return { type: 'boolean', value: data !== 0 }
    case valueTypes.reference:
      return { type: 'reference', id: data }
    default:
      return { type: 'other', dataType, data }
  }
}

function optionalString(strings: StringPool, index: number): string {
  return index === noString ? '' : strings.at(index)
}

function malformedChunk(): CodecError {
  return new CodecError('AXML_CHUNK')
}

function malformedElement(): CodecError {
  return new CodecError('AXML_ELEMENT')
}
