import { challengePurposes, decodeChallenge, encodeChallenge, encodeChallengeHead } from '@assay/protocol'
import { outcomeOfValue } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

/** What is read as a challenge must be written again as received. */
export const target: Target = {
  run(input) {
    const text = Buffer.from(input).toString('latin1')
    const decoded = decodeChallenge(text)
    if (decoded !== undefined && encodeChallenge(encodeChallengeHead(decoded.head), decoded.mac) !== text)
      throw new Error('another challenge was read')
    return outcomeOfValue(decoded)
  },
  seeds: Object.values(challengePurposes).map((purpose) => {
    const head = {
      keyNumber: 1,
      purpose,
      flags: 0,
      issuedAt: 1_790_000_000,
      epoch: 9,
      random: new Uint8Array(16),
    }
    return Buffer.from(encodeChallenge(encodeChallengeHead(head), new Uint8Array(20)))
  }),
}
