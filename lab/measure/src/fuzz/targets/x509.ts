import { CodecError, codecErrorCodes } from '@assay/codec'
import { equalNames, parseCertificate, readValidity } from '@assay/codec/x509'
import { outcomeOfThrowing } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

/** Strictly, and as certificates of the field are read; then what verifiers read of their parts. */
export const target: Target = {
  run(input) {
    const strict = read(input, {})
    const tolerant = read(input, { encoding: 'ber', booleans: 'any-non-zero' })
    return strict === 'accepted' ? tolerant : strict
  },
  vectors: { folder: 'android-key-attestation', inputs: ({ chain }) => base64In(chain) },
}

function read(input: Uint8Array, options: Parameters<typeof parseCertificate>[1]): string {
  const parse = (): void => {
    const { issuer, subject, validity } = parseCertificate(input, options)
    equalNames(issuer, subject)
    readValidity(validity)
  }
  return outcomeOfThrowing(parse, CodecError, codecErrorCodes)
}
