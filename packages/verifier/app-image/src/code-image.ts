import { createHash } from 'node:crypto'
import { concat, lengthPrefixed, uint64 } from '@assay/protocol'
import type { SegmentSummary } from '@assay/protocol'
import type { ReadBuildOptions, SegmentHead } from './build-report.ts'

/** A run of code that is to be read: `stream` hands over its bytes, chunk by chunk, and refuses another length. */
export interface SegmentSource extends SegmentHead {
  stream(take: (chunk: Buffer) => void): Promise<void>
}

export interface CodeImageSummary {
  segments: SegmentSummary[]
  imageDigest: string
}

/** Inflating runs on other threads: this many entries keep two to four cores busy with a few megabytes. */
const parallel = 4

/** Reads every segment once, hashing it and handing it to its writer in the same pass. */
export async function readCodeImage(
  sources: readonly SegmentSource[],
  keep: ReadBuildOptions['keep'],
): Promise<CodeImageSummary> {
  const digests = new Map<string, Buffer>()
  // The longest first, so that none is left to run alone at the end.
  const queue = sources.toSorted((a, b) => b.length - a.length)
  const worker = async (): Promise<void> => {
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        digests.set(next.name, await readSegment(next, keep))
      }
    } finally {
      // After a failure nothing more is begun; what is under way ends before the source is closed.
      queue.length = 0
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: parallel }, worker))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return summarise(sources, digests)
}

async function readSegment(source: SegmentSource, keep: ReadBuildOptions['keep']): Promise<Buffer> {
  const { name, kind, length } = source
  const writer = keep?.({ name, kind, length })
  const hash = createHash('sha256')
  await source.stream((chunk) => {
    hash.update(chunk)
    writer?.write(chunk)
  })
  const digest = hash.digest()
  writer?.end(digest.toString('hex'))
  return digest
}

function summarise(
  sources: readonly SegmentSource[],
  digests: ReadonlyMap<string, Buffer>,
): CodeImageSummary {
  const image = createHash('sha256')
  const segments = inNameOrder(sources).map(({ name, kind, length }) => {
    const digest = digests.get(name) as Buffer
    image.update(concat(lengthPrefixed(name), uint64(length), digest))
    return { name, kind, length, sha256: digest.toString('hex') }
  })
  return { segments, imageDigest: image.digest('hex') }
}

/** By the bytes of the names in UTF-8, in which code units of JavaScript strings do not sort. */
function inNameOrder<T extends { name: string }>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Buffer.from(item.name, 'utf8') }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
    .map(({ item }) => item)
}
