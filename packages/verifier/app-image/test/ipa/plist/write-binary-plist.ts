/** A binary property list, each part of which can be made to lie. */
export interface BinaryPlistTemplate {
  offsetLength?: number
  referenceLength?: number
  count?: number | bigint
  top?: number | bigint
  table?: number | bigint
  /** Offsets, where they are to differ. */
  offsets?: readonly number[]
  /** Bytes between the table and the trailer. */
  gap?: Buffer
}

/** Writes objects as they are given, byte for byte, and a table of where they start. */
export function writeBinaryPlist(objects: readonly Buffer[], template: BinaryPlistTemplate = {}): Buffer {
  const { offsetLength = 2, referenceLength = 1 } = template
  const starts: number[] = []
  let at = 8
  for (const object of objects) {
    starts.push(at)
    at += object.length
  }
  const table = (template.offsets ?? starts).map((offset) => {
    const bytes = Buffer.alloc(Math.max(offsetLength, 1))
    bytes.writeUIntBE(offset, 0, bytes.length)
    return bytes
  })
  const trailer = Buffer.alloc(32)
  trailer[6] = offsetLength
  trailer[7] = referenceLength
  trailer.writeBigUInt64BE(BigInt(template.count ?? objects.length), 8)
  trailer.writeBigUInt64BE(BigInt(template.top ?? 0), 16)
  trailer.writeBigUInt64BE(BigInt(template.table ?? at), 24)
  return Buffer.concat([
    Buffer.from('bplist00'),
    ...objects,
    ...table,
    template.gap ?? Buffer.alloc(0),
    trailer,
  ])
}

export const bytes = (...values: number[]): Buffer => Buffer.from(values)
