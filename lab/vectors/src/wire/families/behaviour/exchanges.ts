import type { Case, Json } from '../../case/case.ts'
import { Play } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'
import { audience, challengeText, trace, type Members } from './world.ts'

const ask = { calls: [challengeRequest()] }
const started = (id: string, options = {}) =>
  new Play(id, options).getToken('a', ask).challenge({ calls: [attestation(1)] })
const again = { calls: [attestation(1, { same: 2 })] }

/** An answer to client data that never comes, or is malformed: the same bytes are sent again. */
function lost(id: string, mishap: Members): Case {
  const play = started(id).answer(mishap).pass(249).pass(1, again).answer(mishap).pass(499).pass(1, again)
  play.tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
  return play.end()
}

function kept(): Case[] {
  const lose = (id: string, then: (play: Play) => Play) => {
    const play = started(id).break().pass(250, again).break().pass(500, again)
    play.break({ events: [refreshFailed('network', 0.5)], results: [failed('a', 'network')] })
    return then(play).end()
  }
  return [
    lose('the body is kept for the next call', (play) => {
      play.pass(5_000).getToken('b', again)
      return play.tokens({ events: [play.announced('token')], results: [given('b', 'token-1')] })
    }),
    lose('the body is kept until its challenge is past its time', (play) =>
      play.pass(120_000 - 750).getToken('b', again),
    ),
    lose('a body whose challenge is past its time is not sent again', (play) => {
      play.pass(120_001 - 750).getToken('b', ask)
      return play.exchange({ events: [play.announced('token')], results: [given('b', 'token-1')] })
    }),
    lose('after an answer the next exchange is a new one', (play) => {
      play.pass(500).getToken('b', again)
      play.tokens({ events: [play.announced('token')], results: [given('b', 'token-1')] })
      play.getToken('c', ask, { forceRefresh: true })
      return play.exchange({ events: [play.announced('refreshed')], results: [given('c', 'token-2')] })
    }),
  ]
}

/** A challenge that the service will not take: another one at once, and once only. */
function stale(status: number, code: string): Case {
  const play = started(`${code}: another challenge at once`).problem(status, code, ask)
  play.exchange({ events: [play.announced('token')], results: [given('a', 'token-1')] })
  return play.end()
}

function staleTwice(): Case {
  return started('a challenge is not replaced a second time')
    .problem(400, 'challenge_expired', ask)
    .challenge({ calls: [attestation(2)] })
    .problem(400, 'challenge_expired', {
      events: [refreshFailed('challenge_stale', 0.5)],
      results: [failed('a', 'challenge_stale', { problem: 'challenge_expired' })],
    })
    .end()
}

function refusals(): Case[] {
  const refusal = { problem: 'attestation_denied', trace }
  return [
    started('a denial carries its trace and is not tried again at once')
      .problem(
        403,
        'attestation_denied',
        {
          events: [
            refreshFailed('attestation_denied', 4),
            { event: 'denied', error: 'attestation_denied', trace },
          ],
          results: [failed('a', 'attestation_denied', refusal)],
        },
        { trace },
      )
      .getToken('b', { results: [failed('b', 'attestation_denied', refusal)] })
      .pass(4_000)
      .getToken('c', ask)
      .challenge({ calls: [attestation(2)] })
      .end(),
    started('what the service refuses is not sent to another endpoint', {
      endpoints: ['https://attest.example', 'https://b.example'],
    })
      .problem(400, 'request_invalid', {
        events: [refreshFailed('request_refused', 4)],
        results: [failed('a', 'request_refused', { problem: 'request_invalid' })],
      })
      .end(),
  ]
}

/** Answers that have not the form of one: a malfunction, which may pass. */
function malformed(): Case[] {
  const fail = {
    events: [refreshFailed('response_invalid', 0.5)],
    results: [failed('a', 'response_invalid')],
  }
  const challenge: readonly [string, Members][] = [
    ['text', { status: 200, text: 'ok' }],
    ['a page of a proxy', { status: 200, text: '<html>' }],
    ['an empty object', { status: 200, body: {} }],
    ['null', { status: 200, body: null }],
    ['a list', { status: 200, body: [] }],
    [
      'a challenge that is a number',
      { status: 200, body: { attestation_challenge: 1, plan: 'AAAA', expires_in: 1 } },
    ],
    [
      'a challenge without expires_in',
      { status: 200, body: { attestation_challenge: challengeText(1), plan: 'AAAA' } },
    ],
    [
      'an expires_in below zero',
      { status: 200, body: { attestation_challenge: challengeText(1), plan: 'AAAA', expires_in: -1 } },
    ],
    [
      'an expires_in of 1e30',
      { status: 200, body: { attestation_challenge: challengeText(1), plan: 'AAAA', expires_in: 1e30 } },
    ],
    ['a 404 that is no problem document', { status: 404, text: '' }],
    ['a login page of a network', { status: 403, text: '<html>' }],
  ]
  const token = { audience, token: 'token-1', expires_in: 300 }
  const answer = { tokens: [token], refresh_after: 150, server_time: 1_790_000_000, trace }
  const tokens: readonly [string, Json][] = [
    ['no token', { ...answer, tokens: [] }],
    ['tokens that are no list', { ...answer, tokens: token }],
    ['a token that would add a header', { ...answer, tokens: [{ ...token, token: 'a\r\nX: y' }] }],
    ['a token with a space', { ...answer, tokens: [{ ...token, token: 'a b' }] }],
    ['a token beyond ASCII', { ...answer, tokens: [{ ...token, token: '\u00e9' }] }],
    ['a token of nothing', { ...answer, tokens: [{ ...token, token: '' }] }],
    ['one good token and one that is none', { ...answer, tokens: [token, { ...token, token: 1 }] }],
    ['no server_time', { ...answer, server_time: null }],
    ['no trace', { ...answer, trace: null }],
    ['a refresh_after that is text', { ...answer, refresh_after: '150' }],
    ['an expires_in of 1e30', { ...answer, tokens: [{ ...token, expires_in: 1e30 }] }],
    ['a refresh_after of 1e30', { ...answer, refresh_after: 1e30 }],
    ['a server_time of 2^53', { ...answer, server_time: 2 ** 53 }],
  ]
  return [
    ...challenge.map(([name, mishap]) =>
      new Play(`instead of a challenge: ${name}`)
        .getToken('a', ask)
        .answer(mishap)
        .pass(250, ask)
        .answer(mishap)
        .pass(500, ask)
        .answer(mishap, fail)
        .end(),
    ),
    ...tokens.map(([name, body]) =>
      started(`instead of tokens: ${name}`)
        .answer({ status: 200, body })
        .pass(250, again)
        .answer({ status: 200, body })
        .pass(500, again)
        .answer({ status: 200, body }, fail)
        .end(),
    ),
  ]
}

function endpoints(): Case[] {
  const [first, second] = ['https://a.example', 'https://b.example/base'] as const
  const options = { endpoints: [first, `${second}/`] }
  const play = new Play('endpoints are asked in turn, and the one that answered is kept', options)
    .getToken('a', { calls: [challengeRequest({ endpoint: first })] })
    .break({ calls: [challengeRequest({ endpoint: second })] })
    .challenge({ calls: [attestation(1, { endpoint: second })] })
  play.tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
  play.getToken('b', { calls: [challengeRequest({ endpoint: second })] }, { forceRefresh: true })
  const same = new Play('the next endpoint gets the same bytes', options)
    .getToken('a', { calls: [challengeRequest({ endpoint: first })] })
    .challenge({ calls: [attestation(1, { endpoint: first })] })
    .problem(503, 'temporarily_unavailable', { calls: [attestation(1, { endpoint: second, same: 2 })] })
  same.tokens({ events: [same.announced('token')], results: [given('a', 'token-1')] })
  const all = new Play('each endpoint is asked three times, with a pause after each round', options).getToken(
    'a',
    {
      calls: [challengeRequest({ endpoint: first })],
    },
  )
  for (const pause of [250, 500]) {
    all
      .break({ calls: [challengeRequest({ endpoint: second })] })
      .break()
      .pass(pause - 1)
      .pass(1, { calls: [challengeRequest({ endpoint: first })] })
  }
  all
    .break({ calls: [challengeRequest({ endpoint: second })] })
    .break({ events: [refreshFailed('network', 0.5)], results: [failed('a', 'network')] })
  return [play.end(), same.end(), all.end()]
}

function plans(): Case[] {
  const refused = { events: [refreshFailed('plan_refused', 4)], results: [failed('a', 'plan_refused')] }
  const begun = (id: string) => new Play(id).getToken('a', ask)
  return [
    begun('a plan that is none is refused, and nothing is sent').challenge(refused, { plan: 'e30' }).end(),
    begun('a plan of another version is refused').challenge(refused, { plan: 'eyJ2IjoyfQ' }).end(),
    begun('a plan that is no base64url is no answer')
      .challenge(
        { events: [refreshFailed('response_invalid', 0.5)], results: [failed('a', 'response_invalid')] },
        { plan: 'e30=' },
      )
      .end(),
  ]
}

/** One exchange of evidence for tokens, and what can go wrong in it. */
export function exchangeScenarios(): Case[] {
  return [
    lost('a lost answer: the same bytes are sent again', { fault: 'network' }),
    lost('a fault of the service: the same bytes are sent again', {
      status: 503,
      body: { code: 'temporarily_unavailable' },
    }),
    lost('a page of a proxy: the same bytes are sent again', { status: 200, text: '<html>' }),
    lost('a bad gateway: the same bytes are sent again', { status: 502, text: 'bad gateway' }),
    ...kept(),
    ...(
      [
        [400, 'challenge_expired'],
        [400, 'challenge_invalid'],
        [400, 'challenge_malformed'],
        [409, 'challenge_used'],
        [409, 'challenge_outdated'],
      ] as const
    ).map(([status, code]) => stale(status, code)),
    staleTwice(),
    ...refusals(),
    ...malformed(),
    ...endpoints(),
    ...plans(),
  ]
}
