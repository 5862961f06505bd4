export interface SectionTemplate {
  name: string
  /** Bytes from the start of the slice. */
  offset: number
  length: number
  /** Default: as far from the segment's as the offset. */
  address?: number
  type?: number
  relocations?: number
}

export interface SegmentTemplate {
  /** Default `__TEXT`. */
  name?: string
  sections: readonly SectionTemplate[]
  address?: number
  offset?: number
  /** Default: to the end of the last section. */
  length?: number
  /** As the command counts them. */
  count?: number
  littleEndian?: boolean
}

/** A `segment_command_64` with its sections, each part of which can be made to lie. */
export function segmentCommand(template: SegmentTemplate): Buffer {
  const body = segmentBody(template)
  const head = Buffer.alloc(8)
  if (template.littleEndian === false) {
    head.writeUInt32BE(0x19, 0)
    head.writeUInt32BE(body.length + 8, 4)
  } else {
    head.writeUInt32LE(0x19, 0)
    head.writeUInt32LE(body.length + 8, 4)
  }
  return Buffer.concat([head, body])
}

/** The same without command and length. */
export function segmentBody(template: SegmentTemplate): Buffer {
  const { name = '__TEXT', sections, address = 0, offset = 0, littleEndian = true } = template
  const end = Math.max(0, ...sections.map((section) => section.offset + section.length))
  const field = (bytes: Buffer, at: number, value: number) =>
    littleEndian ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at)
  const wide = (bytes: Buffer, at: number, value: number) =>
    littleEndian ? bytes.writeBigUInt64LE(BigInt(value), at) : bytes.writeBigUInt64BE(BigInt(value), at)
  const head = Buffer.alloc(64)
  head.write(name, 0, 'latin1')
  wide(head, 16, 0x1_0000_0000 + address)
  wide(head, 24, template.length ?? end)
  wide(head, 32, offset)
  wide(head, 40, template.length ?? end)
  field(head, 56, template.count ?? sections.length)
  const written = sections.map((section) => {
    const bytes = Buffer.alloc(80)
    bytes.write(section.name, 0, 'latin1')
    bytes.write('__TEXT', 16, 'latin1')
    wide(bytes, 32, 0x1_0000_0000 + (section.address ?? section.offset))
    wide(bytes, 40, section.length)
    field(bytes, 48, section.offset)
    field(bytes, 60, section.relocations ?? 0)
    field(bytes, 64, section.type ?? 0)
    return bytes
  })
  return Buffer.concat([head, ...written])
}
