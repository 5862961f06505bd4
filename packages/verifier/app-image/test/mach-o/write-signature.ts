import { createHash } from 'node:crypto'

/** A CodeDirectory, each part of which can be made to lie. */
export interface DirectoryTemplate {
  /** Default 0x20400. */
  version?: number
  /** 1 SHA-1, 2 SHA-256 (default), 3 the same cut to 20 bytes, 4 SHA-384. */
  hashType?: number
  /** Default 12; 0 for one page. */
  pageBits?: number
  identifier?: string
  teamId?: string | undefined
  /** Where the limit is to stand; default is the wide field from version 0x20300 on only if this says so. */
  wideLimit?: boolean
  /** Default: all of the code. */
  codeLimit?: number
  /** Count and first page. */
  scatter?: [count: number, base: number][]
  preEncrypt?: boolean
  linkage?: boolean
  /** Whether the hashes of pages are zeros, which takes no time. */
  isBlank?: boolean
  /** Slots whose hash is left out. */
  withoutComponents?: number[]
  /** Last change before it is put into the signature. */
  edit?: (directory: Buffer) => void
}

export interface SignatureTemplate {
  /** The first is in slot 0, the others in 0x1000 and after. */
  directories?: DirectoryTemplate[]
  /** Default: requirements and entitlements. */
  components?: Record<number, Buffer>
  /** Files beside the executable, by slot: their hashes only are in the directories. */
  named?: Record<number, Buffer>
  /** Makes the CMS signature over the directory in slot 0; its length must not change. Default: an empty one. */
  cms?: (directory: Buffer) => Buffer
  /** By slot, in place of the CMS signature. */
  others?: [slot: number, blob: Buffer][]
  /** Last change. */
  edit?: (signature: Buffer) => void
}

/** Bytes where the header of a version ends. */
export function headerLength(version: number): number {
  if (version >= 0x20600) return 108
  if (version >= 0x20500) return 96
  if (version >= 0x20400) return 88
  if (version >= 0x20300) return 64
  if (version >= 0x20200) return 52
  return version >= 0x20100 ? 48 : 44
}

export function blob(magic: number, content: string | Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(content)])
  bytes.writeUInt32BE(magic, 0)
  bytes.writeUInt32BE(bytes.length, 4)
  return bytes
}

export const components: Readonly<Record<number, Buffer>> = {
  2: blob(0xfade0c01, Buffer.alloc(4)),
  5: blob(0xfade7171, '<plist version="1.0"><dict/></plist>'),
}

/** Bytes of a hash by its type. */
export const hashLengths: Readonly<Record<number, number>> = { 1: 20, 2: 32, 3: 20, 4: 48 }

export function digest(hashType: number, bytes: Uint8Array): Buffer {
  const algorithm = { 1: 'sha1', 4: 'sha384' }[hashType] ?? 'sha256'
  return createHash(algorithm).update(bytes).digest().subarray(0, hashLengths[hashType])
}

/** The embedded signature of `code`, independent of the reader under test. */
export function writeSignature(code: Buffer, template: SignatureTemplate = {}): Buffer {
  const parts = template.components ?? components
  const directories = (template.directories ?? [{}]).map((each) =>
    writeDirectory(code, each, { ...parts, ...template.named }),
  )
  const cms = template.cms?.(directories[0] as Buffer) ?? ''
  const entries: [slot: number, blob: Buffer][] = [
    ...directories.map((each, at): [number, Buffer] => [at === 0 ? 0 : 0x0fff + at, each]),
    ...Object.entries(parts).map(([slot, each]): [number, Buffer] => [Number(slot), each]),
    ...(template.others ?? [[0x10000, blob(0xfade0b01, cms)]]),
  ]
  const header = Buffer.alloc(12 + 8 * entries.length)
  let offset = header.length
  for (const [at, [slot, each]] of entries.entries()) {
    header.writeUInt32BE(slot, 12 + 8 * at)
    header.writeUInt32BE(offset, 16 + 8 * at)
    offset += each.length
  }
  header.writeUInt32BE(0xfade0cc0, 0)
  header.writeUInt32BE(offset, 4)
  header.writeUInt32BE(entries.length, 8)
  const signature = Buffer.concat([header, ...entries.map(([, each]) => each)])
  template.edit?.(signature)
  return signature
}

function writeDirectory(
  code: Buffer,
  template: DirectoryTemplate,
  parts: Readonly<Record<number, Buffer>>,
): Buffer {
  const { version = 0x20400, hashType = 2, pageBits = 12, identifier = 'com.example.app' } = template
  const { teamId = 'ABCDE12345', codeLimit = code.length, scatter, wideLimit = false } = template
  const hashLength = hashLengths[hashType] ?? 32
  const header = Buffer.alloc(headerLength(version))
  const pageLength = pageBits === 0 ? Math.max(1, codeLimit) : 2 ** pageBits
  const pages = Array.from({ length: Math.ceil(codeLimit / pageLength) }, (_, at) => {
    if (template.isBlank === true) return Buffer.alloc(hashLength)
    return digest(hashType, code.subarray(at * pageLength, Math.min((at + 1) * pageLength, codeLimit)))
  })
  const slots = Math.max(0, ...Object.keys(parts).map(Number))
  const componentHashes = Array.from({ length: slots }, (_, at) => {
    const part = template.withoutComponents?.includes(slots - at) === true ? undefined : parts[slots - at]
    return part === undefined ? Buffer.alloc(hashLength) : digest(hashType, part)
  })
  const tail: Buffer[] = []
  let end = header.length
  const append = (bytes: Buffer): number => {
    tail.push(bytes)
    end += bytes.length
    return end - bytes.length
  }
  header.writeUInt32BE(append(Buffer.from(`${identifier}\0`)), 20)
  if (version >= 0x20200 && teamId !== '') header.writeUInt32BE(append(Buffer.from(`${teamId}\0`)), 48)
  if (version >= 0x20100 && scatter !== undefined) header.writeUInt32BE(append(scatterVector(scatter)), 44)
  if (version >= 0x20500 && template.preEncrypt === true)
    header.writeUInt32BE(append(Buffer.alloc(pages.length * hashLength)), 92)
  if (version >= 0x20600 && template.linkage === true) {
    header.writeUInt32BE(append(Buffer.alloc(20)), 100)
    header.writeUInt32BE(20, 104)
  }
  append(Buffer.concat(componentHashes))
  header.writeUInt32BE(append(Buffer.concat(pages)), 16)
  header.writeUInt32BE(0xfade0c02, 0)
  header.writeUInt32BE(end, 4)
  header.writeUInt32BE(version, 8)
  header.writeUInt32BE(slots, 24)
  header.writeUInt32BE(pages.length, 28)
  header.writeUInt32BE(wideLimit ? 0 : codeLimit, 32)
  header.set([hashLength, hashType, 0, pageBits], 36)
  if (version >= 0x20300 && wideLimit) header.writeBigUInt64BE(BigInt(codeLimit), 56)
  if (version >= 0x20400) {
    header.writeBigUInt64BE(BigInt(codeLimit), 72)
    header.writeBigUInt64BE(1n, 80)
  }
  const directory = Buffer.concat([header, ...tail])
  template.edit?.(directory)
  return directory
}

function scatterVector(ranges: readonly [count: number, base: number][]): Buffer {
  const bytes = Buffer.alloc(24 * (ranges.length + 1))
  for (const [at, [count, base]] of ranges.entries()) {
    bytes.writeUInt32BE(count, 24 * at)
    bytes.writeUInt32BE(base, 24 * at + 4)
  }
  return bytes
}
