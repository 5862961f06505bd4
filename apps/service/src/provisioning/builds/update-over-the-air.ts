import { createHash } from 'node:crypto'
import { concat, lengthPrefixed, uint64, utf8, type SegmentSummary } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import { invalid, measuringFault } from './build-identity.ts'
import type { ReadBuild } from './reading/reader-messages.ts'

/**
 * An update over the air (`expo-updates`, CodePush and the like) as a separate build: the native build with the scripts
 * that the update replaces or adds. A device that runs it measures what it loaded, under the names of the native build.
 *
 * It takes the place of the native build in the order of versions: such updates roll back automatically, and a device
 * may move from any of them to any other.
 *
 * @throws ProblemError for a base that takes no updates, and for an update with nothing to measure
 */
export function updateOf(base: Build, report: ReadBuild, { id, now }: { id: string; now: number }): Build {
  if (base.format === 'web' || base.base !== null || base.state !== 'active')
    throw invalid('/base', 'invalid_value')
  const replaced = new Map(report.segments.map((segment) => [segment.name, segment]))
  const kept = base.segments.filter(({ name }) => !replaced.has(name))
  for (const { name } of base.segments.filter(({ kind }) => kind !== 'script' && kind !== 'hermes')) {
    // A script with the name of a library or section would replace it.
    if (replaced.has(name)) throw invalid('/base', 'invalid_value')
  }
  const segments = inNameOrder([...kept, ...report.segments])
  const build: Build = {
    ...base,
    id,
    base: base.id,
    difference_until: null,
    image_digest: digestOf(segments),
    segments,
    created_at: new Date(now).toISOString(),
    variants: [],
    first_ended_at: null,
  }
  const fault = measuringFault(build)
  if (fault !== undefined) throw new ProblemError('build_refused', { reason: fault })
  return build
}

/** Sorted by the UTF-8 bytes of the names, as readers of builds do it. */
function inNameOrder(segments: readonly SegmentSummary[]): SegmentSummary[] {
  return segments.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

/** Computed as readers of builds do it: over LP(name), length and digest of each segment. */
function digestOf(segments: readonly SegmentSummary[]): string {
  const hash = createHash('sha256')
  for (const { name, length, sha256 } of segments)
    hash.update(concat(lengthPrefixed(utf8(name)), uint64(length), Buffer.from(sha256, 'hex')))
  return hash.digest('hex')
}
