import { writeSignature, type SignatureTemplate } from './write-signature.ts'

/** A slice, each part of which can be made to lie. */
export interface MachOTemplate {
  /** Default 0x0100000c (arm64). */
  cpuType?: number
  cpuSubtype?: number
  /** Default true. */
  littleEndian?: boolean
  /** Whether its header is the one for 64 bit. Default true. */
  wide?: boolean
  /** Bytes after the load commands. Default 10,000 that differ. */
  code?: Buffer
  /** `null` for a slice without one. */
  uuid?: Buffer | null
  /** `null` for a slice that is not signed. */
  signature?: SignatureTemplate | null
  /** Further load commands. */
  commands?: [command: number, body: Buffer][]
  /** As the load command says; default is where the signature is. */
  signatureOffset?: number
  signatureLength?: number
  /** Bytes between signature and end of the slice. */
  after?: Buffer
  /** Bytes of zero that the signature's length counts after it. Default 16. */
  padding?: number
  /** Changes what is signed. */
  editCode?: (code: Buffer) => void
}

export const arm = { cpuType: 12, cpuSubtype: 9, wide: false }
export const arm64 = { cpuType: 0x0100000c, cpuSubtype: 0 }

const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

export function bytesThatDiffer(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => at * 31 + (at >> 8) * 7))
}

/** Writes a slice and signs it, independent of the reader under test. */
export function writeMachO(template: MachOTemplate = {}): Buffer {
  const { signature = {}, padding = 16, after = Buffer.alloc(0) } = template
  if (signature === null) return codeOf(template, 0, 0)
  const unsigned = codeOf(template, 0, 0)
  const length = writeSignature(unsigned, { ...signature, edit: () => undefined }).length + padding
  const code = codeOf(
    template,
    template.signatureOffset ?? unsigned.length,
    template.signatureLength ?? length,
  )
  template.editCode?.(code)
  const written = writeSignature(code, signature)
  return Buffer.concat([code, written, Buffer.alloc(Math.max(0, length - written.length)), after])
}

/** Header, load commands and code, up to a multiple of 16 bytes. */
function codeOf(template: MachOTemplate, signatureOffset: number, signatureLength: number): Buffer {
  const { cpuType = arm64.cpuType, cpuSubtype = 0, littleEndian = true, wide = true } = template
  const words = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length)
    for (const [at, value] of values.entries()) {
      if (littleEndian) bytes.writeUInt32LE(value, 4 * at)
      else bytes.writeUInt32BE(value, 4 * at)
    }
    return bytes
  }
  const command = (kind: number, body: Buffer): Buffer => Buffer.concat([words(kind, body.length + 8), body])
  const own = template.uuid === null ? [] : [command(0x1b, template.uuid ?? uuid)]
  const signed = template.signature === null ? [] : [command(0x1d, words(signatureOffset, signatureLength))]
  const commands = [
    ...own,
    ...(template.commands ?? []).map(([kind, body]) => command(kind, body)),
    ...signed,
  ]
  const bytes = Buffer.concat(commands)
  const magic = wide ? 0xfeedfacf : 0xfeedface
  const header = words(magic, cpuType, cpuSubtype, 2, commands.length, bytes.length, 0, ...(wide ? [0] : []))
  const code = Buffer.concat([header, bytes, template.code ?? bytesThatDiffer(10_000)])
  return Buffer.concat([code, Buffer.alloc(-code.length & 15)])
}

export interface FatSlice {
  cpuType: number
  cpuSubtype?: number
  bytes: Buffer
}

export interface FatTemplate {
  /** Whether offsets have 64 bits. */
  wide?: boolean
  /** As the header counts them. */
  count?: number
  /** Changes the entries, each [offset, length], before they are written. */
  ranges?: (ranges: [offset: number, length: number][]) => void
}

/** A universal file; its slices lie at multiples of 64 bytes. */
export function writeFat(
  slices: readonly FatSlice[],
  { wide = false, count, ranges }: FatTemplate = {},
): Buffer {
  const entryLength = wide ? 32 : 20
  const header = Buffer.alloc(8 + entryLength * slices.length)
  const parts: Buffer[] = [header]
  const places: [offset: number, length: number][] = []
  let end = header.length
  for (const { bytes } of slices) {
    const gap = Buffer.alloc(-end & 63)
    parts.push(gap, bytes)
    places.push([end + gap.length, bytes.length])
    end += gap.length + bytes.length
  }
  ranges?.(places)
  header.writeUInt32BE(wide ? 0xcafebabf : 0xcafebabe, 0)
  header.writeUInt32BE(count ?? slices.length, 4)
  for (const [at, { cpuType, cpuSubtype = 0 }] of slices.entries()) {
    const entry = header.subarray(8 + at * entryLength)
    const [offset, length] = places[at] as [number, number]
    entry.writeUInt32BE(cpuType, 0)
    entry.writeUInt32BE(cpuSubtype, 4)
    if (wide) {
      entry.writeBigUInt64BE(BigInt(offset), 8)
      entry.writeBigUInt64BE(BigInt(length), 16)
    } else {
      entry.writeUInt32BE(offset, 8)
      entry.writeUInt32BE(length, 12)
    }
    entry.writeUInt32BE(6, wide ? 24 : 16)
  }
  return Buffer.concat(parts)
}

/** What an app for iPhones used to be: one slice for 32 and one for 64 bit. */
export function universal(template: MachOTemplate = {}, fat: FatTemplate = {}): Buffer {
  return writeFat(
    [arm, arm64].map((processor) => ({ ...processor, bytes: writeMachO({ ...processor, ...template }) })),
    fat,
  )
}
