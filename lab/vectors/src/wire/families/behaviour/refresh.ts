import type { Case } from '../../case/case.ts'
import { Play, type Options } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'
import { trace } from './world.ts'

const ask = { calls: [challengeRequest()] }

/** A client that has its first token. */
export function withToken(id: string, options: Options = {}, refreshAfter = 150): Play {
  const play = new Play(id, options).getToken('a', ask).challenge({ calls: [attestation(1)] })
  return play.tokens(
    { events: [play.announced('token')], results: [given('a', 'token-1')] },
    { refreshAfter },
  )
}

/** Three attempts that find no network, with the pauses between them; `then` is seen after the last. */
export function withoutNetwork(play: Play, then: Parameters<Play['break']>[0]): Play {
  return play.break().pass(249).pass(1, ask).break().pass(499).pass(1, ask).break(then)
}

function due(id: string, milliseconds: number, options: Options = {}, refreshAfter = 150): Case {
  const play = withToken(id, options, refreshAfter)
    .pass(milliseconds - 1)
    .pass(1, ask)
  play.exchange({ events: [play.announced('refreshed')] })
  return play.getToken('b', { results: [given('b', 'token-2')] }).end()
}

function failing(): Case[] {
  const used = withToken('the token at hand is used while a refresh fails').pass(150_000, ask)
  withoutNetwork(used, { events: [refreshFailed('network', 0.5)] })
    .getToken('b', { results: [given('b', 'token-1', 144)] })
    .pass(499)
    .pass(1, ask)
  const recovers = used
    .exchange({ events: [used.announced('refreshed')] })
    .getToken('c', { results: [given('c', 'token-2')] })
  const ends = withToken('when the token at hand has ended, the error is told', { idleAfter: 0 })
    .pass(295_000)
    .getToken('b', ask)
  withoutNetwork(ends, { events: [refreshFailed('network', 0.5)], results: [failed('b', 'network')] })
  const forced = withToken('forceRefresh fails though a token is at hand').getToken('b', ask, {
    forceRefresh: true,
  })
  withoutNetwork(forced, { events: [refreshFailed('network', 0.5)], results: [failed('b', 'network')] })
    .getToken('c', { results: [given('c', 'token-1', 294)] })
    .getToken('d', { results: [failed('d', 'network')] }, { forceRefresh: true })
  const denied = withToken('a denial leaves the token at hand in use')
    .pass(150_000, ask)
    .challenge({ calls: [attestation(2)] })
  denied
    .problem(
      403,
      'attestation_denied',
      {
        events: [
          refreshFailed('attestation_denied', 4),
          { event: 'denied', error: 'attestation_denied', trace },
        ],
      },
      { trace },
    )
    .getToken('b', { results: [given('b', 'token-1', 145)] })
    .pass(3_999)
    .pass(1, ask)
  return [recovers.end(), ends.end(), forced.end(), denied.end()]
}

function idling(): Case[] {
  const play = withToken('the background stops where no token is asked for, and goes on when one is', {
    idleAfter: 200_000,
  }).pass(150_000, ask)
  play
    .exchange({ events: [play.announced('refreshed')] })
    .pass(1_000_000)
    .getToken('b', ask)
  play
    .exchange({ events: [play.announced('refreshed')], results: [given('b', 'token-3')] })
    .pass(149_999)
    .pass(1, ask)
  const closed = withToken('close ends the background, and every later call')
    .do({ do: 'close' })
    .pass(86_400_000)
    .getToken('b', { results: [failed('b', 'closed')] })
  const waiting = new Play('close ends what is waiting')
    .getToken('a', ask)
    .do({ do: 'close' }, { results: [failed('a', 'closed')] })
    .pass(86_400_000)
  const midway = new Play('an answer that comes after close is left')
    .getToken('a', ask)
    .challenge({ calls: [attestation(1)] })
    .do({ do: 'close' }, { results: [failed('a', 'closed')] })
    .tokens()
    .pass(86_400_000)
  return [play.end(), closed.end(), waiting.end(), midway.end()]
}

/** What the background does, and what happens where it fails. */
export function refreshScenarios(): Case[] {
  return [
    due('a refresh comes at half life', 150_000),
    due('a refresh comes up to a tenth earlier, by chance', 142_500, { chance: 128 }),
    due('a refresh comes when the service says', 60_000, {}, 60),
    due('a refresh comes at half life where the service says later', 150_000, {}, 10_000),
    due('a refresh comes at half life where the service says nothing', 150_000, {}, 0),
    ...failing(),
    ...idling(),
  ]
}
