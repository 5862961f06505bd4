import type { BuildSummary, BuildVariant } from '@assay/protocol/schemas'

/** One image of a registered build: as it was registered first, or what a store made of it. */
export interface BuildImage extends BuildSummary {
  /** Name of the variant; null: the image that was registered first. */
  variant: string | null
}

/**
 * The build with what its variant has in its place. Version, package, coverage, base and state are the build's: a
 * variant never has its own.
 *
 * @param name undefined: the image that was registered first @returns undefined if there is no such variant
 */
export function imageOf(build: BuildSummary, name: string | undefined): BuildSummary | undefined {
  if (name === undefined) return build
  const variant = build.variants.find((each) => each.name === name)
  if (variant === undefined) return undefined
  const { variant: _, ...image } = withVariant(build, variant)
  return image
}

/** The images that devices may attest with: the oldest first. */
export function activeImages(build: BuildSummary): BuildImage[] {
  const first = build.first_ended_at === null ? [{ ...build, variant: null }] : []
  const others = build.variants
    .filter(({ state }) => state === 'active')
    .map((variant) => withVariant(build, variant))
  return [...first, ...others]
}

/**
 * The image for a device: of those for its ABI the variant with its shape, or else the oldest.
 *
 * @param abi undefined: the build is not registered by ABI @returns undefined if no image is for the ABI
 */
export function imageForDevice(
  build: BuildSummary,
  abi: string | undefined,
  shape: string | undefined,
): BuildImage | undefined {
  const isForAbi = ({ splits }: Pick<BuildSummary, 'splits'>) =>
    abi === undefined || splits?.abis.includes(abi) === true
  const fitting = build.variants.filter((each) => each.state === 'active' && isForAbi(each))
  const shaped = shape === undefined ? undefined : fitting.find(({ shapes }) => shapes[abi ?? ''] === shape)
  if (shaped !== undefined) return withVariant(build, shaped)
  if (build.first_ended_at === null && isForAbi(build)) return { ...build, variant: null }
  const [oldest] = fitting
  return oldest && withVariant(build, oldest)
}

/**
 * The image that a challenge names.
 *
 * @param number that of the variant; 0: the image that was registered first @returns undefined if it may no longer
 * attest
 */
export function imageOfNumber(build: BuildSummary, number: number): BuildImage | undefined {
  if (number === 0) return build.first_ended_at === null ? { ...build, variant: null } : undefined
  const variant = build.variants.find((each) => each.number === number && each.state === 'active')
  return variant && withVariant(build, variant)
}

/** The number by which challenges name an image. */
export function numberOf({ variant, variants }: BuildImage): number {
  return variants.find(({ name }) => name === variant)?.number ?? 0
}

function withVariant(build: BuildSummary, variant: BuildVariant): BuildImage {
  const { format, framework, sdk, signers, schemes, splits, image_digest } = variant
  return {
    ...build,
    ...{ format, framework, sdk, signers, schemes, splits, image_digest },
    warnings: variant.warnings,
    variant: variant.name,
  }
}
