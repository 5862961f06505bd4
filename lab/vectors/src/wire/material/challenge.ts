import { encodeChallenge, encodeChallengeHead, type ChallengePurpose } from '@assay/protocol'
import { noise } from './bytes.ts'

export const epoch = 1_966_080

/** A text in the form of a challenge, the same for the same label. Its MAC is noise: no SDK can check it. */
export function challengeOf(label: string, of: { epoch?: number; purpose?: ChallengePurpose } = {}): string {
  const head = { keyNumber: 1, purpose: 1, flags: 0, issuedAt: 1_800_000_000, epoch, ...of } as const
  return encodeChallenge(
    encodeChallengeHead({ ...head, random: noise(label, 16) }),
    noise(`mac ${label}`, 20),
  )
}
