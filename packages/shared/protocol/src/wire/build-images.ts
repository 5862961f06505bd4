import { splitSegment } from './code-segments.ts'
import type { Build, SegmentSummary } from './provisioning.ts'

/** The images of a registered build as one device has them. */
export interface BuildImages {
  /** The one that a plan is drawn up for, without native code of other ABIs. */
  segments: SegmentSummary[]
  /** The second one: sections of executables as they are in memory. Undefined: the build has none. */
  text: SegmentSummary[] | undefined
  /** What a plan says about the modules that it covers. Undefined: it covers all that the build has. */
  modules: string[] | undefined
}

/** @param abi of the device; undefined for a build that is not registered by ABI */
export function buildImages(
  { segments, splits }: Pick<Build, 'segments' | 'splits'>,
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
