import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import type { AxmlAttribute, AxmlElement, AxmlValue } from '../axml/index.ts'
import { CodecError } from '../errors/codec-error.ts'
import { decodeStrictUtf8 } from '../text/index.ts'

const greatestDepth = 256
/** Elements and attributes together; manifests of large apps have some ten thousand. */
const mostNodes = 262_144

/** A parsed message: what is in its fields, in order. */
interface Field {
  readonly number: number
  readonly wireType: WireType
  /** A varint as it stands, unsigned, or the bytes of a string or message. */
  readonly value: number | Uint8Array
}

/**
 * The start of each element of an XML document that aapt2 compiled into protocol buffers (`aapt.pb.XmlNode` of
 * `Resources.proto`), in document order: the form that manifests have in an app bundle. The elements have the form of
 * those of binary XML, so that one reader of manifests serves both.
 *
 * Fields that this reader does not know are skipped, as protocol buffers require; a single field that stands twice is
 * refused, because readers would disagree about which counts.
 *
 * @throws CodecError `PROTO_XML`
 */
export function* protoXmlElements(document: Uint8Array): Generator<AxmlElement> {
  const budget = { left: mostNodes }
  const root = single(fieldsOf(document), nodeFields.element)
  if (!(root instanceof Uint8Array)) throw malformed('the document has no root element')
  yield* elementsFrom(root, 1, budget)
}

const nodeFields = { element: 1 } as const
const elementFields = { namespace: 2, name: 3, attribute: 4, child: 5 } as const
const attributeFields = { namespace: 1, name: 2, value: 3, resourceId: 5, compiled: 6 } as const
const itemFields = { reference: 1, text: 2, rawText: 3, primitive: 7 } as const
const referenceFields = { id: 2 } as const
/** `Primitive` is a oneof; what is not here is neither number nor truth value to a manifest. */
const primitiveFields = { decimal: 6, hexadecimal: 7, boolean: 8 } as const

function* elementsFrom(message: Uint8Array, depth: number, budget: { left: number }): Generator<AxmlElement> {
  if (depth > greatestDepth) throw malformed('elements are nested too deeply')
  const fields = fieldsOf(message)
  const attributes = all(fields, elementFields.attribute)
  const children = all(fields, elementFields.child)
  budget.left -= 1 + attributes.length
  if (budget.left < 0) throw malformed('there are too many elements')
  yield {
    depth,
    namespace: text(fields, elementFields.namespace),
    name: text(fields, elementFields.name),
    attributes: attributes.map(readAttribute),
  }
  for (const child of children) {
    const element = single(fieldsOf(child), nodeFields.element)
    if (element instanceof Uint8Array) yield* elementsFrom(element, depth + 1, budget)
  }
}

function readAttribute(message: Uint8Array): AxmlAttribute {
  const fields = fieldsOf(message)
  const resourceId = single(fields, attributeFields.resourceId)
  const compiled = single(fields, attributeFields.compiled)
  return {
    namespace: text(fields, attributeFields.namespace),
    name: text(fields, attributeFields.name),
    resourceId: typeof resourceId === 'number' && resourceId !== 0 ? resourceId : undefined,
    value:
      compiled instanceof Uint8Array
        ? readItem(compiled)
        : { type: 'string', value: text(fields, attributeFields.value) },
  }
}

/** `aapt.pb.Item`, a oneof: of several members the last would count, so that several are refused. */
function readItem(message: Uint8Array): AxmlValue {
  const fields = fieldsOf(message)
  const [item] = fields
  if (fields.length !== 1 || item === undefined || !(item.value instanceof Uint8Array))
    return { type: 'other', dataType: 0, data: 0 }
  switch (item.number) {
    case itemFields.text:
    case itemFields.rawText:
      return { type: 'string', value: text(fieldsOf(item.value), 1) }
    case itemFields.reference: {
      const id = single(fieldsOf(item.value), referenceFields.id)
      return { type: 'reference', id: typeof id === 'number' ? id : 0 }
    }
    case itemFields.primitive:
      return readPrimitive(fieldsOf(item.value))
    default:
      return { type: 'other', dataType: item.number, data: 0 }
  }
}

function readPrimitive(fields: readonly Field[]): AxmlValue {
  const [primitive] = fields
  if (fields.length !== 1 || primitive === undefined || typeof primitive.value !== 'number')
    return { type: 'other', dataType: itemFields.primitive, data: 0 }
  switch (primitive.number) {
    case primitiveFields.decimal:
    case primitiveFields.hexadecimal:
      return { type: 'integer', value: primitive.value | 0 }
    case primitiveFields.boolean:
      return { type: 'boolean', value: primitive.value !== 0 }
    default:
      return { type: 'other', dataType: primitive.number, data: primitive.value }
  }
}

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = []
  try {
    const reader = new BinaryReader(message)
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag()
      switch (wireType) {
        case WireType.Varint:
          fields.push({ number, wireType, value: Number(BigInt.asUintN(32, BigInt(reader.uint64()))) })
          break
        case WireType.LengthDelimited:
          fields.push({ number, wireType, value: reader.bytes() })
          break
        default:
          reader.skip(wireType, number)
      }
    }
  } catch (cause) {
    throw malformed('a message is malformed', cause)
  }
  return fields
}

/** What a field that stands at most once holds; undefined where it is left out. */
function single(fields: readonly Field[], number: number): number | Uint8Array | undefined {
  const found = fields.filter((field) => field.number === number)
  if (found.length > 1) throw malformed('a field occurs twice')
  return found[0]?.value
}

function all(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) => {
    if (field.number !== number) return []
    if (!(field.value instanceof Uint8Array)) throw malformed('a field has the wrong type')
    return [field.value]
  })
}

function text(fields: readonly Field[], number: number): string {
  const value = single(fields, number)
  if (value === undefined) return ''
  if (!(value instanceof Uint8Array)) throw malformed('a field has the wrong type')
  const decoded = decodeStrictUtf8(value)
  if (decoded === undefined) throw malformed('a text is not UTF-8')
  return decoded
}

function malformed(message: string, cause?: unknown): CodecError {
  return new CodecError('PROTO_XML', message, { cause })
}
