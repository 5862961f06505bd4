import { CodecError, codecErrorCodes } from '@assay/codec'
import { axmlElements } from '@assay/codec/axml'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

export const target: Target = {
  run: (input) => outcomeOfThrowing(() => Array.from(axmlElements(input)), CodecError, codecErrorCodes),
}
