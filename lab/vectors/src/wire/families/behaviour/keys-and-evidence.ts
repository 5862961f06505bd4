import type { Case } from '../../case/case.ts'
import { Play, type Options } from './play.ts'
import { planFor } from './world.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'

const ask = { calls: [challengeRequest()] }
const askWithSecond = { calls: [challengeRequest({ key: 1 })] }
const renewed = { event: 'key-renewed' }

function keyScenarios(): Case[] {
  const opened = new Play('a key that cannot be opened is replaced', { keyFaults: { open: 1 } })
    .getToken('a', { ...askWithSecond, events: [renewed] })
    .challenge({ calls: [attestation(1, { key: 1 })] })
  opened.tokens({ events: [opened.announced('token')], results: [given('a', 'token-1')] })
  const signed = new Play('a key that cannot sign is replaced, from a new challenge', {
    keyFaults: { sign: 1 },
  })
    .getToken('a', ask)
    .challenge({ ...askWithSecond, events: [renewed] })
    .challenge({ calls: [attestation(2, { key: 1 })] })
  signed.tokens({ events: [signed.announced('token')], results: [given('a', 'token-1')] })
  const never = new Play('a key that still cannot sign is not replaced again', { keyFaults: { sign: 9 } })
    .getToken('a', ask)
    .challenge({ ...askWithSecond, events: [renewed] })
    .challenge({
      events: [refreshFailed('key_store_failed', 0.5)],
      results: [failed('a', 'key_store_failed')],
    })
  const stuck = new Play('a key that cannot be replaced is told', {
    keyFaults: { open: 1, renew: 1 },
  }).getToken('a', {
    events: [refreshFailed('key_store_failed', 0.5)],
    results: [failed('a', 'key_store_failed')],
  })
  const refused = new Play('a key whose signature the service refuses is replaced')
    .getToken('a', ask)
    .challenge({ calls: [attestation(1)] })
    .problem(400, 'client_data_signature_invalid', { ...askWithSecond, events: [renewed] })
    .challenge({ calls: [attestation(2, { key: 1 })] })
  refused.tokens({ events: [refused.announced('token')], results: [given('a', 'token-1')] })
  const same = new Play('the key stays the same').getToken('a', ask)
  same.exchange({ events: [same.announced('token')], results: [given('a', 'token-1')] })
  same.getToken('b', ask, { forceRefresh: true })
  same.exchange({ events: [same.announced('refreshed')], results: [given('b', 'token-2')] })
  return [opened, signed, never, stuck, refused, same].map((play) => play.end())
}

/** What the service answers with the challenge, and which evidence follows. */
function evidence(id: string, wanted: string | undefined, sent: readonly string[], options: Options): Case {
  const play = new Play(id, options).getToken('a', ask)
  play.challenge(
    { calls: [attestation(1, { evidence: sent })] },
    wanted === undefined ? {} : { evidence: wanted },
  )
  play.tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
  return play.end()
}

const one = { evidence: [{ format: 'example' }] }

function enrolled(id: string, options: Options): Play {
  return new Play(id, { enrolled: true, ...options }).getToken('a', ask)
}

function refreshing(): Case[] {
  const anew = { calls: [challengeRequest({ purpose: 'enrolment' })] }
  const again = (id: string, options: Options, plan?: '') => {
    const asked = challengeRequest({ purpose: 'enrolment', ...(plan !== undefined && { plan }) })
    const play = enrolled(id, options).challenge({ calls: [asked] }, { evidence: 'refresh' })
    play.challenge(
      { calls: [attestation(2, { evidence: ['example-enrolment'] })] },
      { evidence: 'enrolment' },
    )
    play.tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
    return play.end()
  }
  const required = (id: string) =>
    enrolled(id, one)
      .challenge({ calls: [attestation(1, { evidence: ['example-refresh'] })] }, { evidence: 'refresh' })
      .problem(409, 'enrolment_required', anew)
      .challenge({ calls: [attestation(2, { evidence: ['example-enrolment'] })] }, { evidence: 'enrolment' })
  const forgotten = required(
    'an installation that is not remembered enrols with the same key, from a new challenge',
  )
  forgotten.tokens({ events: [forgotten.announced('token')], results: [given('a', 'token-1')] })
  const twice = required('an enrolment that is required again is told').problem(409, 'enrolment_required', {
    events: [refreshFailed('evidence_failed', 0.5)],
    results: [failed('a', 'evidence_failed', { problem: 'enrolment_required' })],
  })
  const both = new Play('the first exchange enrols, and the next refreshes', one).getToken('a', ask)
  both.challenge({ calls: [attestation(1, { evidence: ['example-enrolment'] })] }, { evidence: 'enrolment' })
  both
    .tokens({ events: [both.announced('token')], results: [given('a', 'token-1')] })
    .getToken('b', ask, { forceRefresh: true })
  both.challenge({ calls: [attestation(2, { evidence: ['example-refresh'] })] }, { evidence: 'refresh' })
  both.tokens({ events: [both.announced('refreshed')], results: [given('b', 'token-2')] })
  const known = enrolled('an installation that enrolled before the start refreshes', {})
  known.exchange({ events: [known.announced('token')], results: [given('a', 'token-1')] })
  const renewedKey = new Play('a key that replaces one that has enrolled enrols', {
    enrolled: true,
    keyFaults: { sign: 1 },
  })
    .getToken('a', ask)
    .challenge({ ...askWithSecond, events: [renewed] })
  return [
    // Nothing is measured for it.
    again(
      'evidence that cannot be prepared for a refresh is collected as for an enrolment',
      { evidence: [{ format: 'example', prepare: 1 }] },
      '',
    ),
    again('evidence that cannot be collected for a refresh is collected as for an enrolment', {
      evidence: [{ format: 'example', collect: 1 }],
    }),
    forgotten.end(),
    twice.end(),
    both.end(),
    known.end(),
    renewedKey.end(),
  ]
}

function evidenceScenarios(): Case[] {
  const failure = {
    events: [refreshFailed('evidence_failed', 0.5)],
    results: [failed('a', 'evidence_failed')],
  }
  return [
    evidence('evidence follows client data that lists it', 'enrolment', ['example-enrolment'], one),
    evidence('no evidence where the service wants none', undefined, [], one),
    evidence('evidence of several sources, in order', 'enrolment', ['a-enrolment', 'b-enrolment'], {
      evidence: [{ format: 'a' }, { format: 'b' }],
    }),
    evidence('no evidence where there is no source', 'enrolment', [], {}),
    new Play('evidence that cannot be had is told', { evidence: [{ format: 'example', collect: 9 }] })
      .getToken('a', ask)
      .challenge(failure, { evidence: 'enrolment' })
      .end(),
    new Play('evidence for an unknown purpose is no answer of the service', one)
      .getToken('a', ask)
      .challenge(
        { events: [refreshFailed('response_invalid', 0.5)], results: [failed('a', 'response_invalid')] },
        { evidence: 'other' },
      )
      .end(),
    ...refreshing(),
  ]
}

/** The key is made for a challenge, and attested at its creation only. */
function oneKeyScenarios(): Case[] {
  const born = { calls: [challengeRequest({ key: 'none' })] }
  const enrol = { evidence: 'enrolment' }
  const attested = ['attested-key']
  const begun = (id: string, options: Options = {}) =>
    new Play(id, { oneKey: true, ...options }, 'one-key').getToken('a', born)
  const withKey = (id: string) => {
    const play = begun(id).challenge({ calls: [attestation(1, { evidence: attested })] }, enrol)
    return play
      .tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
      .getToken('b', ask, { forceRefresh: true })
  }
  const refreshed = withKey('one key: made for the challenge, and signs the refreshes').challenge(
    { calls: [attestation(2)] },
    { evidence: 'refresh' },
  )
  refreshed.tokens({ events: [refreshed.announced('refreshed')], results: [given('b', 'token-2')] })
  const forgotten = withKey('one key: what is not remembered takes another key')
    .challenge({ calls: [attestation(2)] }, { evidence: 'refresh' })
    .problem(409, 'enrolment_required', born)
    .challenge({ calls: [attestation(3, { key: 1, evidence: attested })] }, enrol)
  forgotten.tokens({ events: [forgotten.announced('refreshed')], results: [given('b', 'token-2')] })
  const beside = begun('one key: its evidence stands first', { evidence: [{ format: 'a' }] }).challenge(
    { calls: [attestation(1, { evidence: ['attested-key', 'a-enrolment'] })] },
    enrol,
  )
  const unattested = begun('one key: a key that cannot be attested is told', { keyFaults: { attest: 1 } })
    .challenge(
      { events: [refreshFailed('evidence_failed', 0.5)], results: [failed('a', 'evidence_failed')] },
      enrol,
    )
    .pass(500)
    .getToken('b', { calls: [challengeRequest({ key: 'none', plan: '', failures: ['evidence_failed'] })] })
    .challenge({ calls: [attestation(2, { evidence: attested })] }, enrol)
  unattested.tokens({ events: [unattested.announced('token')], results: [given('b', 'token-1')] })
  const again = { calls: [attestation(1, { evidence: attested, same: 2 })] }
  const lose = (id: string) => {
    const play = begun(id).challenge({ calls: [attestation(1, { evidence: attested })] }, enrol)
    play.break().pass(250, again).break().pass(500, again)
    return play.break({ events: [refreshFailed('network', 0.5)], results: [failed('a', 'network')] })
  }
  const kept = lose('one key: the body is kept until it is answered').pass(5_000).getToken('b', again)
  kept.tokens({ events: [kept.announced('token')], results: [given('b', 'token-1')] })
  const over = lose('one key: past the time of its challenge another key is made')
    .pass(120_001 - 750)
    .getToken('b', { calls: [challengeRequest({ key: 'none', failures: ['network'] })] })
    .challenge({ calls: [attestation(2, { key: 1, evidence: attested })] }, enrol)
  return [refreshed, forgotten, beside, unattested, kept, over].map((play) => play.end())
}

function abiScenarios(): Case[] {
  const abi = 'arm64-v8a'
  const asked = { calls: [challengeRequest({ abi })] }
  const begun = (id: string) => new Play(id, { abi }, 'abi').getToken('a', asked)
  const named = begun('the ABI is named, and the plan is for it').challenge(
    { calls: [attestation(1)] },
    { plan: planFor(abi) },
  )
  named.tokens({ events: [named.announced('token')], results: [given('a', 'token-1')] })
  const refused = { events: [refreshFailed('plan_refused', 4)], results: [failed('a', 'plan_refused')] }
  return [
    named.end(),
    begun('a plan for another ABI is refused')
      .challenge(refused, { plan: planFor('armeabi-v7a') })
      .end(),
    begun('a plan for no ABI is refused').challenge(refused).end(),
  ]
}

/** The installation key and platform evidence. */
export function keyAndEvidenceScenarios(): Case[] {
  return [...keyScenarios(), ...evidenceScenarios(), ...oneKeyScenarios(), ...abiScenarios()]
}
