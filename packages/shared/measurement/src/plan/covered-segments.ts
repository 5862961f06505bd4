import { utf8, type Coverage } from '@assay/protocol'
import { must } from '../errors/measurement-error.ts'
import { mostSegments } from './limits.ts'
import type { Segment } from '../ports/ports.ts'

/**
 * The segments that a coverage includes, in name order (order of the names' UTF-8 bytes).
 *
 * @throws MeasurementError `IMAGE_EMPTY` if it includes none (measuring nothing must not look like measuring
 *   everything), `IMAGE_SEGMENTS` for more than 4096 of them or two with one name.
 */
export function coveredSegments(segments: readonly Segment[], coverage: Coverage): Segment[] {
  const covered = segments.filter(
    // The reader of `entry` gives no others.
    ({ kind }) => coverage !== 'scripts' || kind === 'script' || kind === 'hermes',
  )
  // One character for each byte, because strings are compared by UTF-16 units, which gives another order.
  const byName = new Map(covered.map((segment) => [String.fromCharCode(...utf8(segment.name)), segment]))
  must(covered.length > 0, 'IMAGE_EMPTY')
  must(covered.length <= mostSegments && byName.size === covered.length, 'IMAGE_SEGMENTS')
  return [...byName.keys()].sort().map((name) => byName.get(name) as Segment)
}
