import type { CodeImage, Plan } from '@assay/measurement'
import type { SegmentKind } from '@assay/protocol'
import { noise } from './bytes.ts'

/** A segment as vectors give it: its bytes, or the label that `noise` makes them from. */
export type SegmentInput =
  | { readonly name: string; readonly kind: SegmentKind; readonly bytes: string }
  | { readonly name: string; readonly kind: SegmentKind; readonly noise: string; readonly length: number }

export function bytesOf(segment: SegmentInput): Uint8Array {
  return 'bytes' in segment ? Buffer.from(segment.bytes, 'base64url') : noise(segment.noise, segment.length)
}

/** A segment of noise, labelled by its name. */
export function noisy(name: string, length: number, kind: SegmentKind = 'dex'): SegmentInput {
  return { name, kind, noise: name, length }
}

export function imageOf(segments: readonly SegmentInput[]): CodeImage {
  const contents = segments.map((segment) => ({ ...segment, content: bytesOf(segment) }))
  const byName = new Map(contents.map(({ name, content }) => [name, content]))
  return {
    segments: contents.map(({ name, kind, content }) => ({ name, kind, length: content.length })),
    read: (name, offset, length) => (byName.get(name) as Uint8Array).subarray(offset, offset + length),
  }
}

/** What a reader of splits has of a build whose modules a device need not have: segments of the plan's modules only. */
export function imageOfPlan({ modules }: Pick<Plan, 'modules'>, image: CodeImage): CodeImage {
  if (modules === undefined) return image
  const segments = image.segments.filter(({ name }) => modules.includes(name.split('/')[0] as string))
  return { ...image, segments }
}
