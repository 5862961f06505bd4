import {
  challengeFlags,
  challengePurposes,
  decodeChallenge,
  encodeChallenge,
  encodeChallengeHead,
  flagsOfVariant,
  variantInFlags,
} from '@assay/protocol'
import { outcomeOfValue } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

/** What is read as a challenge must be written again as received. */
export const target: Target = {
  run(input) {
    const text = Buffer.from(input).toString('latin1')
    const decoded = decodeChallenge(text)
    if (decoded !== undefined) {
      const { head, mac } = decoded
      if (encodeChallenge(encodeChallengeHead(head), mac) !== text)
        throw new Error('another challenge was read')
      const refresh = head.flags & challengeFlags.refresh
      if ((flagsOfVariant(variantInFlags(head.flags)) | refresh) !== head.flags)
        throw new Error('other flags were read')
    }
    return outcomeOfValue(decoded)
  },
  seeds: Object.values(challengePurposes).flatMap((purpose) =>
    // The last has reserved flags, which a mutation of another would rarely set.
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
