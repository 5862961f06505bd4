import type { SpringBoot } from './project.ts'

/** What a case may come to. */
export type Outcome = 'accepted' | 'refused'

/** A case that Spring decides otherwise than the guard does. */
export interface Deviation {
  readonly lines: readonly SpringBoot['line'][]
  /** Name of the case. */
  readonly of: string
  /** What it does there. */
  readonly outcome: Outcome
  /** Where its authors hear of it; none where it is as documented. */
  readonly issue?: string
}

const both = ['4.1', '3.5'] as const
const issue = 'https://github.com/spring-projects/spring-security/issues/18120'

/** Names of the cases in which Spring and the guard differ. */
export const differing = {
  expired: 'a token that expired less than a minute ago',
  banned: 'a phone that was banned after it got its token',
  many: '1,500 proofs of one phone within a minute',
  firstAgain: '1,500 proofs, then the first again',
  twoNodes: 'the same proof at two nodes',
} as const

/**
 * All of them. The run fails when another one appears, and when one of these disappears: the table of the guide says the
 * same, and users rely on it.
 */
export const deviations: readonly Deviation[] = [
  // JwtTimestampValidator allows clocks to be 60 s off.
  { lines: both, of: differing.expired, outcome: 'accepted' },
  // It asks nobody about a token that it can verify itself.
  { lines: both, of: differing.banned, outcome: 'accepted' },
  // DPoPProofReplayValidator remembers 1,000 proofs of a key, and takes no more until they are forgotten.
  { lines: ['4.1'], of: differing.many, outcome: 'refused' },
  { lines: ['3.5'], of: differing.firstAgain, outcome: 'accepted', issue },
  { lines: both, of: differing.twoNodes, outcome: 'accepted', issue },
]

/** The fault of a case, if it is neither as the guard decides nor as the list says. */
export function faultOf(
  line: SpringBoot['line'],
  { name, expect, outcome, seen }: { name: string; expect: Outcome; outcome: Outcome; seen: string },
): string | undefined {
  const deviation = deviations.find(({ lines, of }) => of === name && lines.includes(line))
  if (deviation === undefined)
    return outcome === expect
      ? undefined
      : `${seen}, and the guard would say: ${expect}. No deviation is listed`
  return outcome === deviation.outcome
    ? undefined
    : `${seen}: the deviation has disappeared. Take it from the list and from the table of the guide`
}
