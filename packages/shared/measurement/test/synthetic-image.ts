import { createHash } from 'node:crypto'
import type { CodeImage, Segment } from '../src/index.ts'

/** A code image in memory that counts what is read from it. */
export interface CountingImage extends CodeImage {
  reads: { name: string; offset: number; length: number }[]
  bytesRead(): number
}

export function counting(image: CodeImage): CountingImage {
  const reads: CountingImage['reads'] = []
  return {
    segments: image.segments,
    read(name, offset, length) {
      const segment = image.segments.find((candidate) => candidate.name === name)
      if (segment === undefined || offset < 0 || offset + length > segment.length)
        throw new Error('read outside the image')
      reads.push({ name, offset, length })
      return image.read(name, offset, length)
    },
    reads,
    bytesRead: () => reads.reduce((sum, read) => sum + read.length, 0),
  }
}

/** Segments given by their bytes. */
export function imageOf(
  contents: Readonly<Record<string, Uint8Array>>,
  kind: Segment['kind'] = 'dex',
): CodeImage {
  return {
    segments: Object.entries(contents).map(([name, bytes]) => ({ name, kind, length: bytes.length })),
    read: (name, offset, length) => (contents[name] as Uint8Array).subarray(offset, offset + length),
  }
}

/** Bytes that look random and are the same every time. */
export function noise(length: number, label: string): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let i = 0; i * 32 < length; i++) blocks.push(createHash('sha256').update(`${label} ${i}`).digest())
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
}

/** An image of any size that takes up no memory: the bytes repeat with a period that no read shares. */
export function largeImage(lengths: Readonly<Record<string, number>>): CodeImage {
  const period = noise(65_537, 'large image')
  return {
    segments: Object.entries(lengths).map(([name, length]) => ({ name, kind: 'dex', length })),
    read(_name, offset, length) {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length;) {
        const start = (offset + at) % period.length
        const piece = period.subarray(start, Math.min(period.length, start + length - at))
        bytes.set(piece, at)
        at += piece.length
      }
      return bytes
    },
  }
}

/** The same image behind promises. */
export function later(image: CodeImage): CodeImage {
  return { segments: image.segments, read: async (...place) => image.read(...place) }
}
