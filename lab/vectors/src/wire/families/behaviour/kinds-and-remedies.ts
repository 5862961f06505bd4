import type { Case } from '../../case/case.ts'
import { Play, type Options } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'
import { audience, trace } from './world.ts'

const ask = { calls: [challengeRequest()] }
const other = 'https://pay.example/v2'
const both = [audience, other]
const twoApis: Options = {
  audiences: [
    [audience, audience],
    [other, other],
  ],
}

/** Tokens of the kind `access`, what the app calls its user, and what a user can do about a refusal. */
export function kindAndRemedyScenarios(): Case[] {
  return [...kinds(), ...references(), ...remedies()]
}

function kinds(): Case[] {
  const of = (id: string, tokenType: 'DPoP' | 'Bearer') => {
    const play = new Play(id).getToken('a', ask).challenge({ calls: [attestation(1)] })
    return play.tokens(
      { events: [play.announced('token')], results: [given('a', 'token-1', 295, { tokenType })] },
      { tokenType },
    )
  }
  const request = { method: 'GET', url: `${audience}/a` }
  const bound = of('a token of the kind access says its scheme, and its proof is bound to it', 'DPoP')
  const proof = { htm: 'GET', htu: `${audience}/a`, iat: bound.serverTime, ath: 'token' }
  const login = { do: 'proof', ...request, authorization: 'Bearer user' }
  return [
    bound
      .do(
        { do: 'proof', id: 'b', ...request },
        { results: [{ id: 'b', scheme: 'DPoP', token: 'token-1', proof }] },
      )
      .do({ id: 'c', ...login }, { results: [failed('c', 'authorization_present')] })
      .end(),
    of('a token of the kind access in bearer mode has no proof', 'Bearer')
      .do(
        { do: 'proof', id: 'b', ...request },
        { results: [{ id: 'b', scheme: 'Bearer', token: 'token-1' }] },
      )
      .do({ id: 'c', ...login }, { results: [failed('c', 'authorization_present')] })
      .end(),
    new Play('an API of a kind that the SDK cannot send')
      .getToken('a', ask)
      .problem(403, 'token_kind_unsupported', {
        events: [refreshFailed('sdk_outdated', 4)],
        results: [failed('a', 'sdk_outdated', { problem: 'token_kind_unsupported' })],
      })
      .end(),
  ]
}

function references(): Case[] {
  const named = new Play('the next exchange carries the reference, and none is started for it')
    .setReference('customer 4711')
    .getToken('a', ask)
  named
    .exchange(
      { events: [named.announced('token')], results: [given('a', 'token-1')] },
      { reference: 'customer 4711' },
    )
    .setReference('customer 4712')
    .getToken('b', { results: [given('b', 'token-1')] })
    .getToken('c', ask, { forceRefresh: true })
  named
    .exchange(
      { events: [named.announced('refreshed')], results: [given('c', 'token-2')] },
      { reference: 'customer 4712' },
    )
    .setReference(null)
    .getToken('d', ask, { forceRefresh: true })
  named.exchange({ events: [named.announced('refreshed')], results: [given('d', 'token-3')] })
  const kept = new Play('a reference of another form is misuse, and the one before stays')
    .setReference('customer 4711')
    .setReference('', { results: [{ misuse: true }] })
    .setReference('a\u0000', { results: [{ misuse: true }] })
    .setReference('x'.repeat(129), { results: [{ misuse: true }] })
    .getToken('a', ask)
  kept.exchange(
    { events: [kept.announced('token')], results: [given('a', 'token-1')] },
    { reference: 'customer 4711' },
  )
  const resent = new Play('a body that is sent again keeps its reference')
    .setReference('customer 4711')
    .getToken('a', ask)
    .challenge({ calls: [attestation(1, { reference: 'customer 4711' })] })
    .setReference('customer 4712')
    .break()
  resent
    .pass(250, { calls: [attestation(1, { reference: 'customer 4711', same: 2 })] })
    .tokens({ events: [resent.announced('token')], results: [given('a', 'token-1')] })
  return [named.end(), kept.end(), resent.end()]
}

function remedies(): Case[] {
  const remedy = { kind: 'play_dialog', typeCode: 2 }
  const denied = new Play('a denial says what the user can do, in the error and in the event')
    .getToken('a', ask)
    .challenge({ calls: [attestation(1)] })
    .problem(
      403,
      'attestation_denied',
      {
        events: [
          refreshFailed('attestation_denied', 4),
          { event: 'denied', error: 'attestation_denied', trace, remedy },
        ],
        results: [failed('a', 'attestation_denied', { problem: 'attestation_denied', trace, remedy })],
      },
      { trace, remedy: { kind: 'play_dialog', type_code: 2 } },
    )
  const withheld = new Play('an API that the service leaves out has a remedy of its own', twoApis)
    .getToken('a', { calls: [challengeRequest({ audiences: both })] }, { audience })
    .challenge({ calls: [attestation(1)] })
  withheld
    .tokens(
      { events: [withheld.announced('token')], results: [given('a', 'token-1')] },
      {
        remedies: [
          { audience: 'https://nobody.example', remedy: { kind: 'reload_page' } },
          { audience: other, remedy: { kind: 'update_os' } },
        ],
      },
    )
    .getToken(
      'b',
      { results: [failed('b', 'attestation_denied', { trace, remedy: { kind: 'update_os' } })] },
      { audience: other },
    )
  const unknown = new Play('an API that the service leaves out with a remedy that nobody knows', twoApis)
    .getToken('a', { calls: [challengeRequest({ audiences: both })] }, { audience })
    .challenge({ calls: [attestation(1)] })
  unknown
    .tokens(
      { events: [unknown.announced('token')], results: [given('a', 'token-1')] },
      { remedies: [7, { audience: other, remedy: { kind: 'pray' } }] },
    )
    .getToken('b', { results: [failed('b', 'attestation_denied', { trace })] }, { audience: other })
  return [denied.end(), withheld.end(), unknown.end()]
}
