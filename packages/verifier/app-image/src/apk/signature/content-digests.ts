import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { AppImageError } from '../../errors/app-image-error.ts'
import type { Archive } from '../../zip/archive.ts'
import type { ExpectedDigest } from './signer.ts'
import type { ContentDigestKind } from './signature-algorithms.ts'
import type { SigningBlock } from './signing-block.ts'
import { VerityTree, verityBlock } from './verity.ts'

const chunkLength = 1024 * 1024

/** Digests of the whole file but its signing block. Each kind is computed at most once. */
export interface ContentDigests {
  /** @throws AppImageError `APK_DIGEST_MISMATCH` */
  check(expected: readonly ExpectedDigest[]): void
}

/** @param kinds the kinds that will be asked for, so that one pass over the file is enough. */
export function contentDigests(
  archive: Archive,
  block: SigningBlock,
  kinds: ReadonlySet<ContentDigestKind>,
): ContentDigests {
  const accumulators = new Map<ContentDigestKind, Accumulator>()
  for (const kind of kinds) accumulators.set(kind, accumulatorFor(kind, block))
  for (const chunk of chunks(archive, block)) for (const each of accumulators.values()) each.add(chunk)
  const actual = new Map([...accumulators].map(([kind, each]) => [kind, each.finish()]))
  return {
    check(expected) {
      for (const { kind, value } of expected) {
        if (actual.get(kind)?.equals(value) !== true) {
          throw new AppImageError('APK_DIGEST_MISMATCH')
        }
      }
    },
  }
}

interface Accumulator {
  /** Takes one chunk of at most 1 MiB; the last one of each section may be shorter. */
  add(chunk: Buffer): void
  finish(): Buffer
}

function accumulatorFor(kind: ContentDigestKind, block: SigningBlock): Accumulator {
  switch (kind) {
    case 'chunked-sha256':
      return chunked('sha256')
    case 'chunked-sha512':
      return chunked('sha512')
    case 'verity-sha256':
      if (block.offset % verityBlock !== 0 || block.length % verityBlock !== 0) {
        throw new AppImageError('APK_DIGEST_MISMATCH', 'the signing block is not aligned for a verity digest')
      }
      return new VerityTree()
  }
}

/** Digest of the digests of 1 MiB chunks. */
function chunked(algorithm: 'sha256' | 'sha512'): Accumulator {
  const digests: Buffer[] = []
  return {
    add: (chunk) => digests.push(prefixed(createHash(algorithm), 0xa5, chunk.length).update(chunk).digest()),
    finish: () =>
      prefixed(createHash(algorithm), 0x5a, digests.length).update(Buffer.concat(digests)).digest(),
  }
}

function prefixed(hash: Hash, tag: number, count: number): Hash {
  const prefix = Buffer.alloc(5)
  prefix[0] = tag
  prefix.writeUInt32LE(count, 1)
  return hash.update(prefix)
}

/**
 * The three sections that are signed, each cut into chunks of its own: everything before the signing block, the
 * central directory, and the end record as it would be without a signing block.
 */
function* chunks(archive: Archive, block: SigningBlock): Generator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkLength, Math.max(block.offset, 1)))
  for (let at = 0; at < block.offset; at += chunkLength) {
    const chunk = buffer.subarray(0, Math.min(chunkLength, block.offset - at))
    archive.source.fill(chunk, at)
    yield chunk
  }
  yield* cut(archive.directory)
  const end = Buffer.from(archive.end.bytes)
  end.writeUInt32LE(block.offset, 16)
  yield* cut(end)
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkLength) yield bytes.subarray(at, at + chunkLength)
}
