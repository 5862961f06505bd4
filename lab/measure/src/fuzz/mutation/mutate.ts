import { mutateBytes } from './bytes.ts'
import { mutateCbor } from './cbor.ts'
import { mutateCompact } from './compact.ts'
import { mutateDer } from './der.ts'
import { mutateJson } from './json.ts'
import { mutateZip } from './zip.ts'
import { longestInput, type Material, type Mutator } from './mutator.ts'

/** The structure that the inputs of a target have. */
export type Shape = 'bytes' | 'der' | 'cbor' | 'json' | 'compact' | 'zip'

const mutators: Readonly<Record<Exclude<Shape, 'bytes'>, Mutator>> = {
  der: mutateDer,
  cbor: mutateCbor,
  json: mutateJson,
  compact: mutateCompact,
  zip: mutateZip,
}

/** A changed input. Most edits respect its structure; some do not, so that structure breaks too. */
export function mutate(input: Uint8Array, shape: Shape, material: Material): Uint8Array {
  const structured =
    shape === 'bytes' || material.random.oneIn(5) ? undefined : mutators[shape](input, material)
  return (structured ?? mutateBytes(input, material)).subarray(0, longestInput)
}
