import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Tag } from '@assay/measurement'
import { SoftwareError } from '../errors.ts'
import type { ParsedMeasurement } from '../parse.ts'

/** The measured segments are those of the build, by name and order, and then each by its tag. */
export function checkSegments(measured: ParsedMeasurement['tags'], registered: readonly Tag[]): void {
  const names = measured.map(({ name }) => name)
  if (!isDeepStrictEqual(names, orderedAsMembers(registered))) throw new SoftwareError('SOFTWARE_SEGMENTS')
  const byName = new Map(registered.map(({ name, tag }) => [name, tag]))
  const [first, ...more] = measured
    .filter(({ name, tag }) => !timingSafeEqual(tag, byName.get(name) as Uint8Array))
    .map(({ name }) => name)
  if (first !== undefined) throw new SoftwareError('SOFTWARE_SEGMENT_MISMATCH', [first, ...more])
}

/** Objects put members whose names are array indices first, so that a parsed list does not keep their places. */
function orderedAsMembers(tags: readonly Tag[]): string[] {
  return Object.keys(Object.fromEntries(tags.map(({ name }) => [name, name])))
}
