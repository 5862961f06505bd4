import { crc32, deflateRawSync } from 'node:zlib'

interface Entry {
  name: Buffer
  stored: Buffer
  data: Uint8Array
  method: 0 | 8
}

function writeSizes({ stored, data, method }: Entry, head: Buffer, at: number): void {
  head.writeUInt16LE(method, at)
  head.writeUInt32LE(crc32(data), at + 6)
  head.writeUInt32LE(stored.length, at + 10)
  head.writeUInt32LE(data.length, at + 14)
}

function local(entry: Entry): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(20, 4)
  writeSizes(entry, head, 8)
  head.writeUInt16LE(entry.name.length, 26)
  return Buffer.concat([head, entry.name, entry.stored])
}

function central(entry: Entry, offset: number): Buffer {
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x02014b50, 0)
  head.writeUInt16LE(20, 4)
  head.writeUInt16LE(20, 6)
  writeSizes(entry, head, 10)
  head.writeUInt16LE(entry.name.length, 28)
  head.writeUInt32LE(offset, 42)
  return Buffer.concat([head, entry.name])
}

/** A ZIP of these files, stored as they are or deflated. */
export function zipOf(
  files: Readonly<Record<string, Uint8Array>>,
  { deflate = false } = {},
): Buffer<ArrayBuffer> {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const [path, data] of Object.entries(files)) {
    const stored = deflate ? deflateRawSync(data) : Buffer.from(data)
    const entry: Entry = { name: Buffer.from(path), stored, data, method: deflate ? 8 : 0 }
    centrals.push(central(entry, offset))
    locals.push(local(entry))
    offset += (locals.at(-1) as Buffer).length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(centrals.length, 8)
  end.writeUInt16LE(centrals.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
