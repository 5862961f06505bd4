import type { Case } from '../../case/case.ts'
import { Play, type Options } from './play.ts'
import { withoutNetwork } from './refresh.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'

const code = 'attestation_denied'
const quarter = 900_000

const denied = (id: string, retryIn: number, trace = 't') => ({
  events: [refreshFailed(code, retryIn), { event: 'denied', error: code, trace }],
  results: [failed(id, code, { problem: code, trace })],
})
const again = (id: string, trace = 't') => ({ results: [failed(id, code, { problem: code, trace })] })

/** Asks in `play` for the next challenge; each enrolment of a phone whose hardware attests keys makes one. */
class Denied {
  readonly play: Play
  readonly #oneKey: boolean
  #exchanges = 0

  constructor(id: string, { oneKey = false, ...options }: Options = {}) {
    this.#oneKey = oneKey
    this.play = new Play(id, { ...options, oneKey }, oneKey ? 'one-key' : undefined)
  }

  get ask() {
    return { calls: [challengeRequest(this.#oneKey ? { key: 'none' } : {})] }
  }

  /** Answers the challenge request of the caller `id`, and denies what follows. */
  deny(id: string, retryIn: number): this {
    this.challenge()
    this.play.problem(403, code, denied(id, retryIn), { trace: 't' })
    return this
  }

  challenge(): this {
    const key = this.#oneKey ? this.#exchanges : 0
    const evidence = this.#oneKey ? ['attested-key'] : []
    this.#exchanges += 1
    this.play.challenge(
      { calls: [attestation(this.#exchanges, { key, evidence })] },
      this.#oneKey ? { evidence: 'enrolment' } : {},
    )
    return this
  }

  /** Three denials in a row. The app asks each time that the client would let it. */
  thrice(): this {
    for (const [id, wait] of [
      ['a', 4_000],
      ['b', 8_000],
    ] as const) {
      this.play.getToken(id, this.ask)
      this.deny(id, wait / 1000)
      this.play.pass(wait)
    }
    this.play.getToken('c', this.ask)
    return this.deny('c', quarter / 1000)
  }

  end(): Case {
    return this.play.end()
  }
}

function seldom(): Case {
  const phone = new Denied('after the third denial in a row four exchanges an hour are made').thrice()
  for (const id of ['d', 'e', 'f', 'g', 'h']) {
    phone.play
      .pass(quarter - 1)
      .getToken(`${id}2`, again(`${id}2`))
      .pass(1)
      .getToken(id, phone.ask)
    phone.deny(id, quarter / 1000)
  }
  return phone.end()
}

function later(): Case {
  const phone = new Denied('while denied, the pause is lengthened by up to a quarter, by chance', {
    chance: 128,
  })
  for (const [id, wait] of [
    ['a', 6_000],
    ['b', 12_000],
    ['c', 1_012_500],
  ] as const) {
    phone.play.getToken(id, phone.ask)
    phone.deny(id, wait / 1000)
    phone.play.pass(wait)
  }
  phone.play.getToken('d', phone.ask)
  return phone.end()
}

function healed(): Case {
  const phone = new Denied('a token ends the count of denials').thrice()
  const { play } = phone
  play.pass(quarter).getToken('d', phone.ask)
  phone.challenge()
  play.tokens({ events: [play.announced('token')], results: [given('d', 'token-1')] })
  play.getToken('e', { calls: [challengeRequest({ purpose: 'refresh' })] }, { forceRefresh: true })
  phone.challenge()
  play.problem(403, code, denied('e', 4), { trace: 't' })
  return phone.end()
}

function forced(oneKey: boolean): Case {
  const phone = new Denied(
    oneKey
      ? 'a forced exchange of a denied phone makes a new key at once'
      : 'a forced exchange of a denied phone is made at once',
    { oneKey },
  ).thrice()
  const { play } = phone
  if (!oneKey) {
    play.getToken('d', phone.ask, { forceRefresh: true })
    phone.deny('d', quarter / 1000)
    play.getToken('e', again('e'))
    play.getToken('f', phone.ask, { forceRefresh: true })
    phone.challenge()
    play.tokens({ events: [play.announced('token')], results: [given('f', 'token-1')] })
    return phone.end()
  }
  play.getToken('d', { calls: [challengeRequest({ key: 'none' })] }, { forceRefresh: true })
  return phone.end()
}

function withoutKeys(): Case {
  const phone = new Denied('a denied phone makes no new key, and keeps the trace of the denial', {
    oneKey: true,
  }).thrice()
  for (const id of ['d', 'e']) phone.play.pass(quarter).getToken(id, denied(id, quarter / 1000))
  return phone.end()
}

function others(): Case {
  const stated = { problem: 'build_retired' }
  const phone = new Denied('denials under another code count anew')
  const { play } = phone
  play.getToken('a', phone.ask)
  phone.deny('a', 4)
  play.pass(4_000).getToken('b', phone.ask)
  phone.deny('b', 8)
  play
    .pass(8_000)
    .getToken('c', phone.ask)
    .problem(403, 'build_retired', {
      events: [refreshFailed('build_refused', 16)],
      results: [failed('c', 'build_refused', stated)],
    })
  play.pass(16_000).getToken('d', phone.ask)
  phone.deny('d', 30)
  return phone.end()
}

function between(): Case {
  const phone = new Denied('a malfunction between denials does not count, and ends no pause')
  const { play } = phone
  play.getToken('a', phone.ask)
  phone.deny('a', 4)
  play.pass(4_000).getToken('b', phone.ask)
  phone.deny('b', 8)
  play.pass(8_000).getToken('x', phone.ask)
  withoutNetwork(play, {
    events: [refreshFailed('network', 2)],
    results: [failed('x', 'network')],
  })
  play.pass(2_000).getToken('c', phone.ask)
  phone.deny('c', quarter / 1000)
  play.pass(quarter).getToken('y', phone.ask)
  withoutNetwork(play, {
    events: [refreshFailed('network', quarter / 1000)],
    results: [failed('y', 'network')],
  })
  play.do({ do: 'wake' }).getToken('z', { results: [failed('z', 'network')] })
  return phone.end()
}

function registration(): Case {
  const stated = { problem: 'app_not_registered' }
  const play = new Play('what the service refuses by another code than a denial is asked for as seldom')
  for (const [id, wait] of [
    ['a', 4_000],
    ['b', 8_000],
    ['c', quarter],
  ] as const)
    play
      .getToken(id, { calls: [challengeRequest()] })
      .problem(403, 'app_not_registered', {
        events: [refreshFailed('not_registered', wait / 1000)],
        results: [failed(id, 'not_registered', stated)],
      })
      .pass(wait - 1)
      .getToken(`${id}2`, { results: [failed(`${id}2`, 'not_registered', stated)] })
      .pass(1)
  return play.end()
}

/** When a service is asked again that refuses for good. */
export function refusedForGoodScenarios(): Case[] {
  return [
    seldom(),
    later(),
    healed(),
    forced(false),
    forced(true),
    withoutKeys(),
    others(),
    between(),
    registration(),
  ]
}
