import { expect, test } from 'vitest'
import { judgePolicies, judgeRotations } from '../../src/faults/faults/cluster/changes.ts'
import type { Answer } from '../../src/faults/stage/network.ts'
import { createTally } from '../../src/faults/stage/tally.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An exchange that was served, by a key and under a policy. */
function served(began: number, { kid = 'k', tier = 'warning' }: { kid?: string; tier?: string }) {
  const token = `${part({ kid })}.${part({ ear_status: tier })}.`
  const answer: Answer = {
    status: 200,
    body: { tokens: [{ token }] },
    retryAfter: undefined,
    milliseconds: 10,
    fault: undefined,
  }
  return { began, ended: began + 10, answer }
}

test.each([
  [{ began: 4_900, tier: 'affirming' }, 1, 'the new policy before anybody asked for it'],
  [{ began: 4_995, tier: 'affirming' }, 0, 'the new policy while it is asked for'],
  [{ began: 5_500, tier: 'warning' }, 0, 'the old policy within the second'],
  [{ began: 6_200, tier: 'warning' }, 1, 'the old policy after it'],
  [{ began: 9_000, tier: 'affirming' }, 0, 'the new policy'],
  [{ began: 9_000, tier: 'contraindicated' }, 1, 'a policy that there never was'],
])('%j is counted %i times: %s', ({ began, tier }, counted) => {
  const tally = createTally()
  const versions = [
    { asked: 0, acknowledged: 10, tier: 'warning' },
    { asked: 5_000, acknowledged: 5_100, tier: 'affirming' },
  ]
  judgePolicies([served(began, { tier })], versions, tally)
  expect(tally.doubleAcceptances).toBe(counted)
})

test.each([
  [{ began: 90, kid: 'old' }, 0],
  [{ began: 110, kid: 'old' }, 1],
  [{ began: 110, kid: 'new' }, 0],
])('%j is counted %i times', ({ began, kid }, counted) => {
  const tally = createTally()
  judgeRotations(
    [served(began, { kid })],
    [{ asked: 50, acknowledged: 100, withdrawn: ['old'], kid: 'new' }],
    tally,
  )
  expect(tally.doubleAcceptances).toBe(counted)
})
