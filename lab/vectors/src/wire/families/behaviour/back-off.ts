import type { Case } from '../../case/case.ts'
import { Play, type Options } from './play.ts'
import { withoutNetwork, withToken } from './refresh.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'

const ask = { calls: [challengeRequest()] }

function rateLimited(id: string, retryAfter: string, wait: number, options: Options = {}): Case {
  const seconds = Number(retryAfter)
  const error = { problem: 'rate_limited', retryAfter: seconds }
  return new Play(id, options)
    .getToken('a', ask)
    .problem(
      429,
      'rate_limited',
      { events: [refreshFailed('rate_limited', wait / 1000)], results: [failed('a', 'rate_limited', error)] },
      { retryAfter },
    )
    .pass(wait - 1)
    .getToken('b', { results: [failed('b', 'rate_limited', error)] })
    .pass(1)
    .getToken('c', ask)
    .end()
}

/** A service that is out for a moment: the caller waits up to 3.75 s between two attempts. */
function unavailable(id: string, retryAfter: string | undefined, wait: number, options: Options = {}): Case {
  const play = new Play(id, options)
    .getToken('a', ask)
    .problem(503, 'temporarily_unavailable', {}, retryAfter === undefined ? {} : { retryAfter })
    .pass(wait - 1)
    .pass(1, ask)
  play.exchange({ events: [play.announced('token')], results: [given('a', 'token-1', 295)] })
  return play.end()
}

function doubling(): Case {
  const problem = { problem: 'temporarily_unavailable' }
  const play = new Play('the pause doubles up to a minute').getToken('a', ask)
  const waits = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
  waits.forEach((wait, i) => {
    const id = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'][i] as string
    const next = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'][i] as string
    play.problem(503, 'temporarily_unavailable').pass(250, ask)
    play.problem(503, 'temporarily_unavailable').pass(500, ask)
    play.problem(503, 'temporarily_unavailable', {
      events: [refreshFailed('service_unavailable', wait / 1000)],
      results: [failed(id, 'service_unavailable', problem)],
    })
    play.pass(wait - 1).getToken(`${id}2`, { results: [failed(`${id}2`, 'service_unavailable', problem)] })
    play.pass(1).getToken(next, ask)
  })
  return play.end()
}

function offline(): Case {
  const play = new Play('the pause is 5 s at most while there is no network').getToken('a', ask)
  ;[500, 1000, 2000, 2500, 2500].forEach((wait, i) => {
    const id = ['a', 'b', 'c', 'd', 'e'][i] as string
    const next = ['b', 'c', 'd', 'e', 'f'][i] as string
    withoutNetwork(play, {
      events: [refreshFailed('network', wait / 1000)],
      results: [failed(id, 'network')],
    })
    play.pass(wait - 1).getToken(`${id}2`, { results: [failed(`${id}2`, 'network')] })
    play.pass(1).getToken(next, ask)
  })
  return play.end()
}

function final(): Case {
  const stated = { problem: 'app_not_registered' }
  return new Play('the pause is longer after what trying again does not cure, and the error stays')
    .getToken('a', ask)
    .problem(403, 'app_not_registered', {
      events: [refreshFailed('not_registered', 4)],
      results: [failed('a', 'not_registered', stated)],
    })
    .getToken('b', { results: [failed('b', 'not_registered', stated)] })
    .pass(3_999)
    .getToken('c', { results: [failed('c', 'not_registered', stated)] })
    .pass(1)
    .getToken('d', ask)
    .problem(403, 'app_not_registered', {
      events: [refreshFailed('not_registered', 8)],
      results: [failed('d', 'not_registered', stated)],
    })
    .end()
}

function waking(): Case[] {
  const ended = new Play('wake ends the pause for want of a network').getToken('a', ask)
  withoutNetwork(ended, { events: [refreshFailed('network', 0.5)], results: [failed('a', 'network')] })
    .do({ do: 'wake' })
    .getToken('b', ask)
  const asked = { problem: 'rate_limited', retryAfter: 20 }
  const kept = new Play('wake does not end the pause that the service asked for')
    .getToken('a', ask)
    .problem(
      429,
      'rate_limited',
      { events: [refreshFailed('rate_limited', 20)], results: [failed('a', 'rate_limited', asked)] },
      { retryAfter: '20' },
    )
    .do({ do: 'wake' })
    .getToken('b', { results: [failed('b', 'rate_limited', asked)] })
  const due = withToken('wake makes a refresh that fell due while the device slept')
  due.sleep(200_000).do({ do: 'wake' }, ask)
  due.exchange({ events: [due.announced('refreshed')] })
  const early = withToken('wake makes no refresh before it is due')
    .do({ do: 'wake' })
    .pass(149_999)
    .pass(1, ask)
  return [ended.end(), kept.end(), due.end(), early.end()]
}

function later(): Case {
  const stated = { problem: 'temporarily_unavailable', retryAfter: 4 }
  return new Play('what the service asks for beyond 3.75 s is not waited for by the caller')
    .getToken('a', ask)
    .problem(
      503,
      'temporarily_unavailable',
      {
        events: [refreshFailed('service_unavailable', 4)],
        results: [failed('a', 'service_unavailable', stated)],
      },
      { retryAfter: '4' },
    )
    .pass(3_999)
    .getToken('b', { results: [failed('b', 'service_unavailable', stated)] })
    .pass(1)
    .getToken('c', ask)
    .end()
}

/** Attempts of one exchange take no more than 30 s, and no endpoint is asked more than three times. */
function timeouts(): Case[] {
  const three = new Play('an endpoint that does not answer is given up', { requestTimeout: 2_000 })
    .getToken('a', ask)
    .pass(1_999)
    .pass(1)
    .pass(249)
    .pass(1, ask)
    .pass(2_500, ask)
    .pass(1_999)
    .pass(1, { events: [refreshFailed('timeout', 0.5)], results: [failed('a', 'timeout')] })
  const long = new Play('attempts take no longer than 30 s together', { requestTimeout: 20_000 })
    .getToken('a', ask)
    .pass(20_249)
    .pass(1, ask)
    .pass(20_000, { events: [refreshFailed('timeout', 0.5)], results: [failed('a', 'timeout')] })
  const late = new Play('an answer that comes too late is left', { requestTimeout: 2_000 })
    .getToken('a', ask)
    .pass(2_250, ask)
    .answer({ status: 403, body: { code: 'app_not_registered' } }, {}, 1)
    .challenge({ calls: [attestation(1)] })
  late.tokens({ events: [late.announced('token')], results: [given('a', 'token-1')] })
  return [three.end(), long.end(), late.end()]
}

/** When the service is asked again after a failure. */
export function backOffScenarios(): Case[] {
  return [
    rateLimited('Retry-After is obeyed', '20', 20_000),
    rateLimited('Retry-After is lengthened by up to a quarter, by chance', '20', 22_500, { chance: 128 }),
    rateLimited('Retry-After counts up to a minute', '86400', 60_000),
    unavailable('the caller waits where the service is out for a moment', undefined, 250),
    unavailable('the caller waits longer, by chance', undefined, 375, { chance: 128 }),
    unavailable('the caller waits for 3 s that the service asks for', '3', 3_000),
    unavailable(
      'the caller waits for 3 s that the service asks for, and a part of a quarter by chance',
      '3',
      3_375,
      { chance: 128 },
    ),
    unavailable('Retry-After of 0 is as none', '0', 250),
    unavailable('Retry-After that is a date is as none', 'Wed, 21 Oct 2026 07:28:00 GMT', 250),
    later(),
    doubling(),
    offline(),
    final(),
    ...waking(),
    ...timeouts(),
  ]
}
