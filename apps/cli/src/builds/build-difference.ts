import { splitSegment, type BuildSplits, type SegmentKind, type SegmentSummary } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'

/** The properties by which two builds are compared. A property that one of them lacks is not compared. */
export type ComparedBuild = Pick<Build, 'segments'> & Partial<Record<Property, unknown>>

const properties = [
  'format',
  'package',
  'version_name',
  'version_code',
  'min_sdk',
  'target_sdk',
  'debuggable',
  'signers',
  'schemes',
  'framework',
  'sdk',
  'coverage',
  'splits',
] as const
type Property = (typeof properties)[number]

type SegmentBytes = Pick<SegmentSummary, 'length' | 'sha256'>

/** How the second of two builds differs from the first. Segments in order of name. */
export interface BuildDifference {
  /** Whether both hold the same segments, byte for byte and name for name. */
  same_code: boolean
  properties: { property: Property; from: unknown; to: unknown }[]
  /** Different bytes, or another kind, under the same name. */
  changed: { name: string; kind: SegmentKind; from: SegmentBytes; to: SegmentBytes }[]
  added: SegmentSummary[]
  removed: SegmentSummary[]
  /** The same bytes under another name. */
  renamed: { from: string; to: string; kind: SegmentKind; length: number; sha256: string }[]
  unchanged: number
}

/**
 * What of a build a set of APKs can hold, which is for devices of some ABIs and may lack modules: the rest of the build
 * is not missing from it. `left` is the number of segments for other devices.
 */
export function forDevicesOf(
  build: Pick<Build, 'segments' | 'splits'>,
  set: BuildSplits,
): { segments: SegmentSummary[]; left: number } {
  const segments = build.segments.filter(({ name }) => {
    const { module, abi } = splitSegment(name) ?? {}
    const hasModule = module === undefined || set.modules.includes(module)
    return hasModule && (abi === undefined || set.abis.length === 0 || set.abis.includes(abi))
  })
  return { segments, left: build.segments.length - segments.length }
}

export function compareBuilds(from: ComparedBuild, to: ComparedBuild): BuildDifference {
  const before = byName(from.segments)
  const after = byName(to.segments)
  const common = [...before.values()].flatMap((segment) => {
    const other = after.get(segment.name)
    return other === undefined ? [] : [{ from: segment, to: other }]
  })
  const changed = common.filter((pair) => !isSame(pair.from, pair.to))
  const moves = findRenamed(
    [...before.values()].filter(({ name }) => !after.has(name)),
    [...after.values()].filter(({ name }) => !before.has(name)),
  )
  const segments = [changed, moves.added, moves.removed, moves.renamed]
  return {
    same_code: segments.every(({ length }) => length === 0),
    properties: differingProperties(from, to),
    changed: changed.map((pair) => ({
      name: pair.to.name,
      kind: pair.to.kind,
      from: bytesOf(pair.from),
      to: bytesOf(pair.to),
    })),
    ...moves,
    unchanged: common.length - changed.length,
  }
}

function byName(segments: readonly SegmentSummary[]): Map<string, SegmentSummary> {
  const sorted = [...segments].sort((one, other) => (one.name < other.name ? -1 : 1))
  return new Map(sorted.map((segment) => [segment.name, segment]))
}

function isSame(one: SegmentSummary, other: SegmentSummary): boolean {
  return one.sha256 === other.sha256 && one.length === other.length && one.kind === other.kind
}

function bytesOf({ length, sha256 }: SegmentSummary): SegmentBytes {
  return { length, sha256 }
}

/** Each removed segment is matched with at most one added segment. */
function findRenamed(
  gone: SegmentSummary[],
  appeared: SegmentSummary[],
): Pick<BuildDifference, 'added' | 'removed' | 'renamed'> {
  const added = [...appeared]
  const removed: SegmentSummary[] = []
  const renamed: BuildDifference['renamed'] = []
  for (const segment of gone) {
    const index = added.findIndex((candidate) => isSame(segment, candidate))
    const [match] = index === -1 ? [] : added.splice(index, 1)
    if (match === undefined) removed.push(segment)
    else renamed.push({ from: segment.name, to: match.name, kind: match.kind, ...bytesOf(match) })
  }
  return { added, removed, renamed }
}

function differingProperties(from: ComparedBuild, to: ComparedBuild): BuildDifference['properties'] {
  return properties.flatMap((property) => {
    const [one, other] = [from[property], to[property]]
    if (one === undefined || other === undefined || JSON.stringify(one) === JSON.stringify(other)) return []
    return [{ property, from: one, to: other }]
  })
}
