import type { Coverage } from '@assay/protocol'
import { MeasurementError } from '../measurement-error.ts'
import type { Segment } from '../ports.ts'
import { mostSegments } from '../plan/plan.ts'

/**
 * The segments that a coverage takes in, in name order (order of the names' UTF-8 bytes).
 *
 * @throws MeasurementError `IMAGE_EMPTY` when it takes in none (measuring nothing must not look like measuring
 *   everything), `IMAGE_SEGMENTS` for more than 4096 of them or two of one name.
 */
export function coveredSegments(segments: readonly Segment[], coverage: Coverage): Segment[] {
  const covered = segments
    .filter((segment) => covers(coverage, segment))
    .sort((a, b) => compareNames(a.name, b.name))
  if (covered.length === 0) throw new MeasurementError('IMAGE_EMPTY')
  if (covered.length > mostSegments) throw new MeasurementError('IMAGE_SEGMENTS')
  if (covered.some((segment, i) => segment.name === covered[i + 1]?.name)) {
    throw new MeasurementError('IMAGE_SEGMENTS')
  }
  return covered
}

function covers(coverage: Coverage, segment: Segment): boolean {
  switch (coverage) {
    case 'image':
      return true
    case 'scripts':
      return segment.kind === 'script' || segment.kind === 'hermes'
  }
}

/** Order of UTF-8 bytes, which is that of code points and not that of UTF-16 units. */
function compareNames(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Puts surrogates, which stand for the highest code points, behind U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
