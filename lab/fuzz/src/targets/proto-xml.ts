import { CodecError, codecErrorCodes } from '@assay/codec'
import { protoXmlElements } from '@assay/codec/proto-xml'
import { outcomeOfThrowing } from '../refusals.ts'
import type { Target } from '../target.ts'

export const target: Target = {
  run: (input) => outcomeOfThrowing(() => Array.from(protoXmlElements(input)), CodecError, codecErrorCodes),
}
