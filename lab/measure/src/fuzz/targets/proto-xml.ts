import { CodecError, codecErrorCodes } from '@assay/codec'
import { protoXmlElements } from '@assay/codec/proto-xml'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

export const target: Target = {
  run: (input) => outcomeOfThrowing(() => Array.from(protoXmlElements(input)), CodecError, codecErrorCodes),
}
