import type { Case } from '../../case/case.ts'
import { Play } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'
import { encodePlan, planOfAll } from '../../material/plan.ts'
import { challengeOf, epoch } from '../../material/challenge.ts'

const ask = { calls: [challengeRequest()] }
const again = { forceRefresh: true }

const plainPlan = {
  ...planOfAll,
  reads: [{ op: 'range', segment: 0, length: 16 } as const],
  live: { show: [], run: [] },
  probes: [],
}
/** As after a probe was switched. */
const another = encodePlan({ ...plainPlan, reads: [{ op: 'range', segment: 0, length: 17 }] })
/** Of the epoch after. */
const later = encodePlan({ ...plainPlan, epoch: epoch + 1 })

const first = (id: string) => {
  const play = new Play(id).getToken('a', ask)
  return play.exchange({ events: [play.announced('token')], results: [given('a', 'token-1')] })
}

/** The exchange after the first, whose plan is left out or another one. */
function second(play: Play, plan: string | null): Play {
  play.getToken('b', ask, again).challenge({ calls: [attestation(2)] }, { plan })
  return play.tokens({ events: [play.announced('refreshed')], results: [given('b', 'token-2')] })
}

function without(id: string, plan: null | string): Case {
  const invalid = {
    events: [refreshFailed('response_invalid', 0.5)],
    results: [failed('a', 'response_invalid')],
  }
  return new Play(id)
    .getToken('a', ask)
    .challenge({}, { plan })
    .pass(250, ask)
    .challenge({}, { plan })
    .pass(500, ask)
    .challenge(invalid, { plan })
    .end()
}

/** Plans that are not sent twice. */
export function heldPlanScenarios(): Case[] {
  const refused = second(
    first('a plan of another epoch than the challenge is refused, and the one before is held'),
    null,
  )
  refused
    .getToken('c', ask, again)
    .challenge(
      { events: [refreshFailed('plan_refused', 4)], results: [failed('c', 'plan_refused')] },
      { plan: later },
    )
  const changed = second(first('a plan that comes takes the place of the one that is held'), another)
  changed.getToken('c', ask, again).challenge({ calls: [attestation(3)] }, { plan: null })
  changed.tokens({ events: [changed.announced('refreshed')], results: [given('c', 'token-3')] })
  const stale = second(first('a challenge of another epoch does not fit the plan that is held'), null)
  stale
    .getToken('c', ask, again)
    .challenge(
      { events: [refreshFailed('plan_refused', 4)], results: [failed('c', 'plan_refused')] },
      { plan: null, attestation_challenge: challengeOf('behaviour later', { epoch: epoch + 1 }) },
    )
  return [
    second(first('the plan that is held is named, and need not come again'), null).end(),
    changed.end(),
    refused.end(),
    stale.end(),
    without('an answer without a plan to a client that holds none', null),
    without('an answer with an empty plan', ''),
  ]
}
