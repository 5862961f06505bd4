/** A writer of compiled XML, independent of the reader under test, that can be made to write what no tool does. */

export type ValueTemplate = string | number | boolean | { type: number; data: number }

export interface AttributeTemplate {
  name: string
  /** Resource id, for attributes of the `android:` namespace. */
  id?: number
  value: ValueTemplate
}

export interface ElementTemplate {
  name: string
  /** Default none. */
  namespace?: string
  attributes?: readonly AttributeTemplate[]
  children?: readonly ElementTemplate[]
}

export interface AxmlOptions {
  utf8?: boolean
  /** Writes empty names for attributes with a resource id, as some obfuscators do. */
  blankNames?: boolean
  /** Bytes per attribute record; 20 unless said otherwise. */
  attributeSize?: number
  /** Bytes between the element's own fields and its attributes. */
  attributeGap?: number
  /** Chunks in front of the first node. */
  before?: readonly Buffer[]
  /** Bytes after the last node, inside the document's chunk. */
  after?: Buffer
}

const androidNamespace = 'http://schemas.android.com/apk/res/android'
const none = 0xffffffff

export function writeAxml(root: ElementTemplate, options: AxmlOptions = {}): Buffer {
  const ids: number[] = []
  const strings: string[] = []
  forEach(root, (element) => {
    for (const { name, id } of element.attributes ?? []) {
      if (id === undefined || ids.includes(id)) continue
      ids.push(id)
      strings.push(options.blankNames === true ? '' : name)
    }
  })
  const idCount = ids.length
  const intern = (text: string): number => {
    const known = strings.indexOf(text, idCount)
    return known >= 0 ? known : strings.push(text) - 1
  }
  const nodes: Buffer[] = []
  writeElement(root, { ids, intern, nodes, options })
  const document = Buffer.concat([
    writeStringPool(strings, options.utf8 ?? false),
    chunk(0x0180, 8, Buffer.concat(ids.map(uint32))),
    ...(options.before ?? []),
    ...nodes,
    options.after ?? Buffer.alloc(0),
  ])
  return chunk(0x0003, 8, document)
}

interface Output {
  ids: readonly number[]
  intern: (text: string) => number
  nodes: Buffer[]
  options: AxmlOptions
}

function writeElement(element: ElementTemplate, output: Output): void {
  const { ids, intern, nodes, options } = output
  const size = options.attributeSize ?? 20
  const gap = options.attributeGap ?? 0
  const attributes = (element.attributes ?? []).map(({ name, id, value }) => {
    const record = Buffer.alloc(size)
    const [type, data, raw] = typedValue(value, intern)
    record.writeUInt32LE(id === undefined ? none : intern(androidNamespace), 0)
    record.writeUInt32LE(id === undefined ? intern(name) : ids.indexOf(id), 4)
    record.writeUInt32LE(raw, 8)
    record.writeUInt16LE(8, 12)
    record.writeUInt8(type, 15)
    record.writeUInt32LE(data, 16)
    return record
  })
  const fields = Buffer.alloc(20 + gap)
  fields.writeUInt32LE(element.namespace === undefined ? none : intern(element.namespace), 0)
  fields.writeUInt32LE(intern(element.name), 4)
  fields.writeUInt16LE(20 + gap, 8)
  fields.writeUInt16LE(size, 10)
  fields.writeUInt16LE(attributes.length, 12)
  nodes.push(node(0x0102, Buffer.concat([fields, ...attributes])))
  for (const child of element.children ?? []) writeElement(child, output)
  nodes.push(node(0x0103, Buffer.concat([uint32(none), uint32(intern(element.name))])))
}

function typedValue(value: ValueTemplate, intern: (text: string) => number): [number, number, number] {
  if (typeof value === 'string') return [0x03, intern(value), intern(value)]
  if (typeof value === 'number') return [0x10, value >>> 0, none]
  if (typeof value === 'boolean') return [0x12, value ? 0xffffffff : 0, none]
  return [value.type, value.data, none]
}

/** A chunk whose header is eight bytes plus whatever else `content` begins with. */
export function chunk(type: number, headerLength: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16LE(type, 0)
  header.writeUInt16LE(headerLength, 2)
  header.writeUInt32LE(8 + content.length, 4)
  return Buffer.concat([header, content])
}

function node(type: number, content: Buffer): Buffer {
  return chunk(type, 16, Buffer.concat([uint32(1), uint32(none), content]))
}

export function writeStringPool(strings: readonly string[], utf8: boolean): Buffer {
  const encoded = strings.map((text) => (utf8 ? utf8String(text) : utf16String(text)))
  const offsets: Buffer[] = []
  let at = 0
  for (const each of encoded) {
    offsets.push(uint32(at))
    at += each.length
  }
  const stringsStart = 28 + offsets.length * 4
  const padding = Buffer.alloc((4 - (at % 4)) % 4)
  return chunk(
    0x0001,
    28,
    Buffer.concat([
      ...[strings.length, 0, utf8 ? 0x100 : 0, stringsStart, 0].map(uint32),
      ...offsets,
      ...encoded,
      padding,
    ]),
  )
}

function utf8String(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([shortLength(text.length), shortLength(bytes.length), bytes, Buffer.alloc(1)])
}

function shortLength(length: number): Buffer {
  return Buffer.from(length < 0x80 ? [length] : [0x80 | (length >> 8), length & 0xff])
}

function utf16String(text: string): Buffer {
  const units = Buffer.from(text, 'utf16le')
  const length = Buffer.alloc(text.length < 0x8000 ? 2 : 4)
  if (length.length === 2) length.writeUInt16LE(text.length)
  else {
    length.writeUInt16LE(0x8000 | (text.length >>> 16), 0)
    length.writeUInt16LE(text.length & 0xffff, 2)
  }
  return Buffer.concat([length, units, Buffer.alloc(2)])
}

function forEach(element: ElementTemplate, act: (element: ElementTemplate) => void): void {
  act(element)
  for (const child of element.children ?? []) forEach(child, act)
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
