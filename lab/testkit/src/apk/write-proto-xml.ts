import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ElementTemplate, ValueTemplate } from './write-axml.ts'

const androidNamespace = 'http://schemas.android.com/apk/res/android'

/** Field of a message, as `[number, content]`: text, a whole number or a message. */
export type FieldTemplate = readonly [number: number, content: string | number | Uint8Array]

/** A message with these fields, in this order, whether or not its type has them. */
export function message(...fields: readonly FieldTemplate[]): Uint8Array {
  const writer = new BinaryWriter()
  for (const [number, content] of fields) {
    if (typeof content === 'number') writer.tag(number, WireType.Varint).uint32(content)
    else if (typeof content === 'string') writer.tag(number, WireType.LengthDelimited).string(content)
    else writer.tag(number, WireType.LengthDelimited).bytes(content)
  }
  return writer.finish()
}

/** The document that aapt2 would compile into protocol buffers. */
export function writeProtoXml(root: ElementTemplate): Uint8Array {
  return message([1, elementOf(root)])
}

function elementOf({ name, namespace, attributes = [], children = [] }: ElementTemplate): Uint8Array {
  return message(
    ...(namespace === undefined ? [] : [[2, namespace] as const]),
    [3, name],
    ...attributes.map((attribute): FieldTemplate => {
      const isAndroid = attribute.id !== undefined
      return [
        4,
        message(
          ...(isAndroid ? [[1, androidNamespace] as const] : []),
          [2, attribute.name],
          ...valueOf(attribute.value),
          ...(isAndroid ? [[5, attribute.id as number] as const] : []),
        ),
      ]
    }),
    ...children.map((child): FieldTemplate => [5, message([1, elementOf(child)])]),
  )
}

function valueOf(value: ValueTemplate): FieldTemplate[] {
  if (typeof value === 'string') return [[3, value]]
  if (typeof value === 'number')
    return [
      [3, String(value)],
      [6, message([7, message([6, value])])],
    ]
  if (typeof value === 'boolean')
    return [
      [3, String(value)],
      [6, message([7, message([8, Number(value)])])],
    ]
  return [
    [3, `@${value.data}`],
    [6, message([1, message([2, value.data])])],
  ]
}
