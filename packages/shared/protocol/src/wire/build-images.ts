import { splitSegment } from './code-segments.ts'
import type { BuildSplits, SegmentSummary } from './provisioning.ts'

/** The images of a registered build on one device. */
export interface BuildImages {
  /** The image that a plan is drawn up for, without native code for other ABIs. */
  segments: SegmentSummary[]
  /** The second image: sections of executables as they are in memory. Undefined: the build has none. */
  text: SegmentSummary[] | undefined
  /** The modules that a plan names as covered. Undefined: it covers all modules of the build. */
  modules: string[] | undefined
}

/** @param abi of the device; undefined for a build that is not registered by ABI */
export function buildImages(
  { segments, splits }: { segments: SegmentSummary[]; splits: BuildSplits | null },
  abi?: string,
): BuildImages {
  const text = segments.filter(({ kind }) => kind === 'text')
  const main = segments.filter(({ kind, name }) => {
    if (kind === 'text') return false
    const of = abi === undefined ? undefined : splitSegment(name)?.abi
    return of === undefined || of === abi
  })
  return {
    segments: main,
    text: text.length === 0 ? undefined : text,
    modules: splits === null || splits.omitted.length === 0 ? undefined : splits.modules,
  }
}
