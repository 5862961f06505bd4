import { splitSegment, type BuildSplits } from '@assay/protocol'
import type { SegmentHead } from '../report/build-report.ts'

const base = 'base'

/**
 * The parts of a build that reaches devices in splits.
 *
 * @param modules all of them, `measured` those whose segments are `segments`
 */
export function foundSplits(
  modules: Iterable<string>,
  measured: ReadonlySet<string>,
  segments: readonly SegmentHead[],
): BuildSplits {
  const abis = new Set<string>()
  for (const { name } of segments) {
    const abi = splitSegment(name)?.abi
    if (abi !== undefined) abis.add(abi)
  }
  const features = [...new Set(modules)].filter((name) => name !== base).sort()
  return {
    modules: [base, ...features.filter((name) => measured.has(name))],
    omitted: features.filter((name) => !measured.has(name)),
    abis: [...abis].sort(),
  }
}
