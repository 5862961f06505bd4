import {
  challengeFlags,
  challengeMacInput,
  challengePurposes,
  decodeChallenge,
  encodeChallenge,
  encodeChallengeHead,
  flagsOfVariant,
  variantInFlags,
} from '@assay/protocol'
import { outcomeOfValue } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const named = Object.values(challengeFlags).reduce((bits, bit) => bits | bit, 0)
const context = { app: 'app', build: 'build', key: '', plan: new Uint8Array(32) }

/** A challenge that is read is written again as received, and its MAC covers a plan or a plan’s name, never both alike. */
export const target: Target = {
  run(input) {
    const text = Buffer.from(input).toString('latin1')
    const decoded = decodeChallenge(text)
    if (decoded !== undefined) {
      const { head, headBytes, mac } = decoded
      if (encodeChallenge(encodeChallengeHead(head), mac) !== text)
        throw new Error('another challenge was read')
      if ((flagsOfVariant(variantInFlags(head.flags)) | (head.flags & named)) !== head.flags)
        throw new Error('other flags were read')
      const inputs = [context, { ...context, abi: '' }].map((of) => challengeMacInput(headBytes, of))
      if (new Set(inputs.map((bytes) => Buffer.from(bytes).toString('hex'))).size !== inputs.length)
        throw new Error('a plan and its name have one MAC')
    }
    return outcomeOfValue(decoded)
  },
  seeds: Object.values(challengePurposes).flatMap((purpose) =>
    [0, flagsOfVariant(31) | challengeFlags.refresh, 255].map((flags) => {
      const head = {
        keyNumber: 1,
        purpose,
        flags,
        issuedAt: 1_790_000_000,
        epoch: 9,
        random: new Uint8Array(16),
      }
      return Buffer.from(encodeChallenge(encodeChallengeHead(head), new Uint8Array(20)))
    }),
  ),
}
