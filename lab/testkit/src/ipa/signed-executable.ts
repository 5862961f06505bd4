import { createHash } from 'node:crypto'
import type { DeveloperSigner } from '../apple/developer-ca.ts'

/** What an executable is signed with. */
export interface ExecutableSignature {
  readonly identifier: string
  readonly teamId: string
  /** Files beside it, by their special slot. */
  readonly named: Readonly<Record<number, Buffer>>
  readonly sign: DeveloperSigner
}

const directoryVersion = 0x20400
const directoryHeader = 88
const pageBits = 12
const slots = 3
const hashLength = 32
/** Bytes kept for the signature, which the executable names before it is made. */
const room = 4096

/** A Mach-O for 64-bit ARM that holds nothing but its signature: one CodeDirectory of SHA-256, and a CMS over it. */
export function signedExecutable(signature: ExecutableSignature): Buffer {
  const code = Buffer.alloc(64)
  // mach_header_64, then LC_CODE_SIGNATURE (mach-o/loader.h).
  for (const [i, word] of [0xfeedfacf, 0x0100000c, 0, 2, 1, 16, 0, 0, 0x1d, 16, code.length, room].entries())
    code.writeUInt32LE(word, i * 4)
  const directory = directoryOf(code, signature)
  const cms = blob(0xfade0b01, signature.sign(directory))
  const index = Buffer.alloc(2 * 8)
  const start = 12 + index.length
  for (const [i, word] of [0, start, 0x10000, start + directory.length].entries())
    index.writeUInt32BE(word, i * 4)
  const count = Buffer.from('00000002', 'hex')
  const superBlob = blob(0xfade0cc0, Buffer.concat([count, index, directory, cms]))
  return Buffer.concat([code, superBlob, Buffer.alloc(room - superBlob.length)])
}

function directoryOf(code: Buffer, { identifier, teamId, named }: ExecutableSignature): Buffer {
  const texts = Buffer.from(`${identifier}\0${teamId}\0`)
  const special = Array.from({ length: slots }, (_, i) => {
    const file = named[slots - i]
    return file === undefined ? Buffer.alloc(hashLength) : sha256(file)
  })
  const header = Buffer.alloc(directoryHeader - 8)
  const set = (at: number, value: number): void => void header.writeUInt32BE(value, at - 8)
  set(8, directoryVersion)
  set(16, directoryHeader + texts.length + slots * hashLength)
  set(20, directoryHeader)
  set(24, slots)
  set(28, 1)
  set(32, code.length)
  header.set([hashLength, 2, 0, pageBits], 36 - 8)
  set(48, directoryHeader + identifier.length + 1)
  return blob(0xfade0c02, Buffer.concat([header, texts, ...special, sha256(code)]))
}

function blob(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(magic, 0)
  head.writeUInt32BE(content.length + head.length, 4)
  return Buffer.concat([head, content])
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
