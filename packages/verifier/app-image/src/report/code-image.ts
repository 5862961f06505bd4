import { createHash } from 'node:crypto'
import { concat, lengthPrefixed, uint64 } from '@assay/protocol'
import type { SegmentSummary } from '@assay/protocol'
import type { ReadBuildOptions, SegmentHead } from './build-report.ts'

/** A run of code to read: `stream` passes on its bytes, chunk by chunk, and refuses another length. */
export interface SegmentSource extends SegmentHead {
  stream(take: (chunk: Buffer) => void): Promise<void>
}

/** Several runs of code in one stream of bytes that can only be gone through as a whole. */
export interface SegmentRun {
  readonly heads: readonly SegmentHead[]
  /** Bytes to go through. */
  readonly length: number
  /** Hands over the bytes of each segment, one after the other; each is given as long as its head says. */
  stream(take: (segment: SegmentHead, chunk: Buffer) => void): Promise<void>
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
  runs: readonly SegmentRun[] = [],
): Promise<CodeImageSummary> {
  const digests = new Map<string, Buffer>()
  // The longest first, so that none is left to run alone at the end.
  const queue = [...sources, ...runs].toSorted((a, b) => b.length - a.length)
  const worker = async (): Promise<void> => {
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await readInto(digests, next, keep)
      }
    } finally {
      // After a failure nothing more is started; work under way ends before the source is closed.
      queue.length = 0
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: parallel }, worker))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return summarise([...sources, ...runs.flatMap(({ heads }) => heads)], digests)
}

async function readInto(
  digests: Map<string, Buffer>,
  source: SegmentSource | SegmentRun,
  keep: ReadBuildOptions['keep'],
): Promise<void> {
  if (!('heads' in source)) {
    const hashed = hashing(source, keep)
    await source.stream(hashed.take)
    digests.set(source.name, hashed.end())
    return
  }
  const hashed = new Map(source.heads.map((head) => [head, hashing(head, keep)]))
  await source.stream((head, chunk) => hashed.get(head)?.take(chunk))
  for (const [{ name }, { end }] of hashed) digests.set(name, end())
}

function hashing({ name, kind, length }: SegmentHead, keep: ReadBuildOptions['keep']) {
  const writer = keep?.({ name, kind, length })
  const hash = createHash('sha256')
  return {
    take(chunk: Buffer): void {
      hash.update(chunk)
      writer?.write(chunk)
    },
    end(): Buffer {
      const digest = hash.digest()
      writer?.end(digest.toString('hex'))
      return digest
    },
  }
}

function summarise(sources: readonly SegmentHead[], digests: ReadonlyMap<string, Buffer>): CodeImageSummary {
  const image = createHash('sha256')
  const segments = inNameOrder(sources).map(({ name, kind, length }) => {
    const digest = digests.get(name) as Buffer
    image.update(concat(lengthPrefixed(name), uint64(length), digest))
    return { name, kind, length, sha256: digest.toString('hex') }
  })
  return { segments, imageDigest: image.digest('hex') }
}

/** By the UTF-8 bytes of the names, which sort differently from the code units of JavaScript strings. */
function inNameOrder<T extends { name: string }>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Buffer.from(item.name, 'utf8') }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
    .map(({ item }) => item)
}
