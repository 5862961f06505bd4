import type { Case } from '../../case/case.ts'
import { Play } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'
import type { Members } from './world.ts'

const ask = (failures?: readonly string[]) => ({
  calls: [challengeRequest(failures === undefined ? {} : { failures })],
})

/** Failures from before the service heard of the exchange are reported with the next request for a challenge. */
export function failureScenarios(): Case[] {
  const plan = new Play('a plan that was refused is told with the code of its fault')
    .getToken('a', ask())
    .challenge(
      { events: [refreshFailed('plan_refused', 4)], results: [failed('a', 'plan_refused')] },
      { plan: 'e30' },
    )
    .pass(4_000)
    .getToken('b', ask(['plan_refused:PLAN_MALFORMED']))
  plan.exchange({ events: [plan.announced('token')], results: [given('b', 'token-1')] })
  plan.getToken('c', ask(), { forceRefresh: true })
  const heard = new Play('what the service refused is not told to it')
    .getToken('a', ask())
    .problem(403, 'app_not_registered', {
      events: [refreshFailed('not_registered', 4)],
      results: [failed('a', 'not_registered', { problem: 'app_not_registered' })],
    })
    .pass(4_000)
    .getToken('b', ask())
  return [plan.end(), heard.end(), four()]
}

/** Five different faults in a row: the oldest is left out. */
function four(): Case {
  const play = new Play('the newest four are told, each once', {
    keyFaults: { open: 1, renew: 1 },
    requestTimeout: 2_000,
  })
  const sent: string[] = []
  const ended = (id: string, code: string, wait: number) => {
    if (!sent.includes(code)) sent.push(code)
    return { events: [refreshFailed(code, wait)], results: [failed(id, code)] }
  }
  const mishaps = (id: string, code: string, wait: number, answer: Members) => {
    const again = ask(sent.slice(-4))
    play.getToken(id, again)
    play.answer(answer).pass(250, again).answer(answer).pass(500, again)
    play.answer(answer, ended(id, code, wait)).pass(wait * 1000)
  }
  play.getToken('a', ended('a', 'key_store_failed', 0.5)).pass(500)
  mishaps('b', 'network', 1, { fault: 'network' })
  mishaps('c', 'response_invalid', 2, { status: 200, text: 'ok' })
  mishaps('d', 'network', 2.5, { fault: 'network' })
  mishaps('e', 'service_unavailable', 8, { status: 502, text: '' })
  const again = ask(sent.slice(-4))
  play
    .getToken('f', again)
    .pass(2_250, again)
    .pass(2_500, again)
    .pass(2_000, ended('f', 'timeout', 2.5))
    .pass(2_500)
  play.getToken('g', ask(sent.slice(-4))).challenge({ calls: [attestation(1)] })
  play.tokens({ events: [play.announced('token')], results: [given('g', 'token-1')] })
  play.getToken('h', ask(), { forceRefresh: true })
  return play.end()
}
