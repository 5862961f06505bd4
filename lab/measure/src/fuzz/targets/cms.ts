import { CodecError, codecErrorCodes } from '@assay/codec'
import { parseSignedAttributes, parseSignedData } from '@assay/codec/cms'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

export const target: Target = {
  run(input) {
    const whole = read(input, 'refuse')
    const withRest = read(input, 'ignore')
    return whole === 'accepted' ? withRest : whole
  },
}

function read(input: Uint8Array, trailingBytes: 'refuse' | 'ignore'): string {
  const parse = (): void => {
    for (const { signedAttributes } of parseSignedData(input, { trailingBytes }).signerInfos)
      if (signedAttributes !== undefined) parseSignedAttributes(signedAttributes)
  }
  return outcomeOfThrowing(parse, CodecError, codecErrorCodes)
}
