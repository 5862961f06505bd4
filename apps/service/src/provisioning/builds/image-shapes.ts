import { shapeOf } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { buildImages } from '@assay/protocol'
import type { Build, BuildVariant } from '@assay/protocol/schemas'
import type { BuildStore } from '../model/ports.ts'
import { refusedVariant, variantFault } from './variant-faults.ts'

type ShapedImage = Pick<Build, 'segments' | 'splits'>

/** Stands for the ABI of a build that is not registered by ABI. */
const anyAbi = ''

/** The shape of an image for each ABI that it is registered for; under the empty name, if it is not registered by ABI. */
export async function shapesOf(image: ShapedImage): Promise<BuildVariant['shapes']> {
  const shapes: Record<string, string> = {}
  for (const abi of image.splits?.abis ?? [undefined]) {
    const shape = await shapeOf(buildImages(image, abi).segments, abi, nodeCrypto)
    if (shape !== undefined) shapes[abi ?? anyAbi] = shape
  }
  return shapes
}

/** An image of the build, without its segments. `name`: undefined for the one that was registered first. */
interface Other {
  name: string | undefined
  /** Undefined: as its segments give them. */
  shapes: BuildVariant['shapes'] | undefined
}

/**
 * Of two images with one shape for an ABI, a device's request could not say which it has: then they must be the same
 * for that ABI.
 *
 * @throws ProblemError `variant_refused`
 */
export async function checkShapes(
  image: ShapedImage & { shapes: BuildVariant['shapes'] },
  registered: Build,
  others: readonly Other[],
  builds: Pick<BuildStore, 'find'>,
): Promise<void> {
  for (const { name, shapes = await shapesOf(registered) } of others) {
    const alike = Object.keys(image.shapes).filter((abi) => image.shapes[abi] === shapes[abi])
    if (alike.length === 0) continue
    const other = name === undefined ? registered : await builds.find(registered.app, registered.id, name)
    if (other !== undefined && alike.some((abi) => contentsFor(image, abi) !== contentsFor(other, abi)))
      throw refusedVariant(variantFault('/shape', 'taken'))
  }
}

function contentsFor(image: ShapedImage, abi: string): string {
  const { segments, text } = buildImages(image, abi === anyAbi ? undefined : abi)
  return [...segments, ...(text ?? [])].map(({ name, sha256 }) => `${name} ${sha256}`).join('\n')
}
