import type { Case } from '../../case/case.ts'
import { Play } from './play.ts'
import { attestation, challengeRequest, failed, given } from './seen.ts'
import { audience } from './world.ts'

const other = 'https://pay.example/v2'
const twoApis = {
  audiences: [
    [audience, audience],
    [other, other],
  ],
} as const
const both = [audience, other]

/** Getting tokens while all goes well. */
export function tokenScenarios(): Case[] {
  const play = (id: string, options = {}) => new Play(id, options)
  const first = (id: string, options = {}) => {
    const begun = play(id, options).getToken('a', { calls: [challengeRequest()] })
    return begun.exchange({ events: [begun.announced('token')], results: [given('a', 'token-1')] })
  }
  const two = play('one exchange serves all APIs', twoApis)
    .getToken('a', { calls: [challengeRequest({ audiences: both })] }, { audience })
    .getToken('b', {}, { audience: other })
    .challenge({ calls: [attestation(1)] })
  two.tokens(
    {
      events: [two.announced('token', { audiences: both })],
      results: [given('a', 'token-1'), given('b', 'token-2', 295, { audience: other })],
    },
    { audiences: both },
  )
  const withheld = play('an API that the service leaves out is denied until the next refresh', twoApis)
    .getToken('a', { calls: [challengeRequest({ audiences: both })] }, { audience })
    .challenge({ calls: [attestation(1)] })
  withheld
    .tokens({ events: [withheld.announced('token')], results: [given('a', 'token-1')] })
    .getToken(
      'b',
      { results: [failed('b', 'attestation_denied', { trace: 'rrrrrrrrrrrrrrrrrrrrrr' })] },
      { audience: other },
    )
    .pass(150_000, { calls: [challengeRequest({ audiences: both })] })
    .challenge({ calls: [attestation(2)] })
  withheld
    .tokens({ events: [withheld.announced('refreshed', { audiences: both })] }, { audiences: both })
    .getToken('c', { results: [given('c', 'token-3', 295, { audience: other })] }, { audience: other })
  const forced = first('forceRefresh makes an exchange though the token is good').getToken(
    'b',
    { calls: [challengeRequest()] },
    { forceRefresh: true },
  )
  forced.exchange({ events: [forced.announced('refreshed')], results: [given('b', 'token-2')] })
  const shared = play('callers share one exchange')
    .getToken('a', { calls: [challengeRequest()] })
    .getToken('b')
    .challenge({ calls: [attestation(1)] })
    .getToken('c')
  shared.tokens({
    events: [shared.announced('token')],
    results: [given('a', 'token-1'), given('b', 'token-1'), given('c', 'token-1')],
  })
  const late = play('the time on the way counts against the token')
    .getToken('a', { calls: [challengeRequest()] })
    .challenge({ calls: [attestation(1)] })
    .pass(3_500)
  late.tokens({ events: [late.announced('token')], results: [given('a', 'token-1', 291)] })
  const short = play('a twentieth of a short life is left for the way')
    .getToken('a', { calls: [challengeRequest()] })
    .challenge({ calls: [attestation(1)] })
  short
    .tokens(
      { events: [short.announced('token', { expiresIn: 60 })], results: [given('a', 'token-1', 57)] },
      { expiresIn: 60, refreshAfter: 0 },
    )
    .pass(29_999)
    .getToken('b', { results: [given('b', 'token-1', 27)] })
    .pass(1, { calls: [challengeRequest()] })
  const ending = first('a token that has a second left is used, and another asked for', { idleAfter: 0 })
    .pass(294_000)
    .getToken('b', { calls: [challengeRequest()], results: [given('b', 'token-1', 1)] })
    .pass(1_001)
    .getToken('c')
  ending.exchange({ events: [ending.announced('refreshed')], results: [given('c', 'token-2')] })
  return [
    first('the first token').end(),
    first('a good token is kept')
      .getToken('b', { results: [given('b', 'token-1')] })
      .pass(100_000)
      .getToken('c', { results: [given('c', 'token-1', 195)] })
      .end(),
    shared.end(),
    two.end(),
    forced.end(),
    withheld.end(),
    late.end(),
    short.end(),
    play('an API that is not in the options is misuse')
      .getToken('a', { results: [{ id: 'a', misuse: true }] }, { audience: 'https://other.example' })
      .end(),
    play('no API where there are two is misuse', twoApis)
      .getToken('a', { results: [{ id: 'a', misuse: true }] })
      .end(),
    ending.end(),
  ]
}
