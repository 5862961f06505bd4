import { CodecError, codecErrorCodes } from '@assay/codec'
import { decodeCbor } from '@assay/codec/cbor'
import { outcomeOfThrowing } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

export const target: Target = {
  run: (input) => outcomeOfThrowing(() => decodeCbor(input), CodecError, codecErrorCodes),
  seeds: [
    'a301020326418020',
    '8a00181919010a1a000100001b000000010000000020f5f6f7f0',
    'a26161fb3ff8000000000000a0c1',
    'c11a514b67b0',
    '82f93c00fa47c35000',
    'f820',
    '63e282ac',
  ].map((hex) => Buffer.from(hex, 'hex')),
  vectors: {
    folder: 'apple-app-attest',
    inputs: ({ attestation, assertion }) => base64In([attestation, assertion]),
  },
}
