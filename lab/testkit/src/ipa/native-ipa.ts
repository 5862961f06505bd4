import { sdkMarker } from '@assay/measurement'
import type { MemorySegment } from '@assay/client'
import { buildIpa, type IpaContent } from './build-ipa.ts'

/** What a native app for iPhones is made of. */
export interface NativeIpaContent extends IpaContent {
  /** SDK that its executable names, as `name/version`. */
  readonly sdk: string
}

/** A native app: its file, and what an installation has of it. */
export interface NativeIpa {
  readonly ipa: Buffer
  /** Files that reach phones as they are. */
  readonly segments: readonly MemorySegment[]
  /** Sections of `__TEXT` as they are in memory. */
  readonly text: readonly MemorySegment[]
}

/** Makes an app with an executable for 64-bit ARM. Nobody has signed it: the store replaces the signature anyway. */
export async function buildNativeIpa({ sdk, files, ...content }: NativeIpaContent): Promise<NativeIpa> {
  const code = Array.from({ length: 600 }, (_, i) => `instruction ${i} of ${content.bundleVersion}\n`).join(
    '',
  )
  const sections = { __text: Buffer.from(code), __cstring: Buffer.from(`\0${sdkMarker(sdk)}\0`) }
  const ipa = await buildIpa({ ...content, files: { ...files, App: executable(sections) } })
  return {
    ipa,
    segments: Object.entries(files).map(([name, bytes]) => ({
      name,
      kind: name.endsWith('.jsbundle') ? 'script' : 'resource',
      bytes,
    })),
    text: Object.entries(sections).map(([name, bytes]) => ({
      name: `App.__TEXT.${name}`,
      kind: 'text',
      bytes,
    })),
  }
}

const headerLength = 32
const commandLength = 72
const sectionLength = 80
/** Where iOS has programs begin. */
const base = 0x1_0000_0000n

/** A Mach-O with one segment of these sections (`mach-o/loader.h`). */
function executable(sections: Readonly<Record<string, Buffer>>): Buffer {
  const entries = Object.entries(sections)
  const command = Buffer.alloc(commandLength + sectionLength * entries.length)
  const header = Buffer.alloc(headerLength)
  for (const [i, word] of [0xfeedfacf, 0x0100000c, 0, 2, 1, command.length].entries())
    header.writeUInt32LE(word, i * 4)
  let end = header.length + command.length
  for (const [i, [name, bytes]] of entries.entries()) {
    const at = commandLength + sectionLength * i
    command.write(name, at, 'latin1')
    command.write('__TEXT', at + 16, 'latin1')
    command.writeBigUInt64LE(base + BigInt(end), at + 32)
    command.writeBigUInt64LE(BigInt(bytes.length), at + 40)
    command.writeUInt32LE(end, at + 48)
    end += bytes.length
  }
  command.writeUInt32LE(0x19, 0)
  command.writeUInt32LE(command.length, 4)
  command.write('__TEXT', 8, 'latin1')
  command.writeBigUInt64LE(base, 24)
  command.writeBigUInt64LE(BigInt(end), 32)
  command.writeBigUInt64LE(BigInt(end), 48)
  command.writeUInt32LE(entries.length, 64)
  return Buffer.concat([header, command, ...Object.values(sections)])
}
