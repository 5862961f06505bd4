import type { Case } from '../../case.ts'
import { Play, type Options } from './play.ts'
import { attestation, challengeRequest, failed, given, refreshFailed } from './seen.ts'

const ask = { calls: [challengeRequest()] }
const askWithSecond = { calls: [challengeRequest({ key: 1 })] }
const renewed = { event: 'key-renewed' }

function keyScenarios(): Case[] {
  const opened = new Play('a key that cannot be opened is replaced', { keyFaults: { open: 1 } })
    .getToken('a', { ...askWithSecond, events: [renewed] })
    .challenge({ calls: [attestation(1, { key: 1 })] })
  opened.tokens({ events: [opened.told('token')], results: [given('a', 'token-1')] })
  const signed = new Play('a key that cannot sign is replaced, from a new challenge', {
    keyFaults: { sign: 1 },
  })
    .getToken('a', ask)
    .challenge({ ...askWithSecond, events: [renewed] })
    .challenge({ calls: [attestation(2, { key: 1 })] })
  signed.tokens({ events: [signed.told('token')], results: [given('a', 'token-1')] })
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
  refused.tokens({ events: [refused.told('token')], results: [given('a', 'token-1')] })
  const same = new Play('the key stays the same').getToken('a', ask)
  same.exchange({ events: [same.told('token')], results: [given('a', 'token-1')] })
  same.getToken('b', ask, { forceRefresh: true })
  same.exchange({ events: [same.told('refreshed')], results: [given('b', 'token-2')] })
  return [opened, signed, never, stuck, refused, same].map((play) => play.end())
}

/** What the service answers with the challenge, and which evidence follows. */
function evidence(id: string, wanted: string | undefined, sent: readonly string[], options: Options): Case {
  const play = new Play(id, options).getToken('a', ask)
  play.challenge(
    { calls: [attestation(1, { evidence: sent })] },
    wanted === undefined ? {} : { evidence: wanted },
  )
  play.tokens({ events: [play.told('token')], results: [given('a', 'token-1')] })
  return play.end()
}

function evidenceScenarios(): Case[] {
  const one = { evidence: [{ format: 'example' }] }
  const anew = (id: string, options: Options) => {
    const play = new Play(id, options).getToken('a', ask).challenge(ask, { evidence: 'refresh' })
    play.challenge({ calls: [attestation(2, { evidence: ['example-enrolment'] })] }, { evidence: 'refresh' })
    play.tokens({ events: [play.told('token')], results: [given('a', 'token-1')] })
    return play.end()
  }
  const told = { events: [refreshFailed('evidence_failed', 0.5)], results: [failed('a', 'evidence_failed')] }
  const forgotten = new Play('an installation that is not remembered enrols, from a new challenge', one)
    .getToken('a', ask)
    .challenge({ calls: [attestation(1, { evidence: ['example-refresh'] })] }, { evidence: 'refresh' })
    .problem(409, 'enrolment_required', ask)
    .challenge({ calls: [attestation(2, { evidence: ['example-enrolment'] })] }, { evidence: 'refresh' })
  const twice = new Play('an enrolment that is required again is told', one)
    .getToken('a', ask)
    .challenge({ calls: [attestation(1, { evidence: ['example-refresh'] })] }, { evidence: 'refresh' })
    .problem(409, 'enrolment_required', ask)
    .challenge({ calls: [attestation(2, { evidence: ['example-enrolment'] })] }, { evidence: 'refresh' })
    .problem(409, 'enrolment_required', {
      events: [refreshFailed('evidence_failed', 0.5)],
      results: [failed('a', 'evidence_failed', { problem: 'enrolment_required' })],
    })
  forgotten.tokens({ events: [forgotten.told('token')], results: [given('a', 'token-1')] })
  return [
    evidence('evidence follows client data that lists it', 'enrolment', ['example-enrolment'], one),
    evidence('no evidence where the service wants none', undefined, [], one),
    evidence('evidence of several sources, in order', 'enrolment', ['a-enrolment', 'b-enrolment'], {
      evidence: [{ format: 'a' }, { format: 'b' }],
    }),
    evidence('no evidence where there is no source', 'enrolment', [], {}),
    anew('evidence that cannot be prepared for a refresh is collected as for an enrolment', {
      evidence: [{ format: 'example', prepare: 1 }],
    }),
    anew('evidence that cannot be collected for a refresh is collected as for an enrolment', {
      evidence: [{ format: 'example', collect: 1 }],
    }),
    new Play('evidence that cannot be had is told', { evidence: [{ format: 'example', collect: 9 }] })
      .getToken('a', ask)
      .challenge(told, { evidence: 'enrolment' })
      .end(),
    forgotten.end(),
    twice.end(),
    new Play('evidence for an unknown purpose is no answer of the service', one)
      .getToken('a', ask)
      .challenge(
        { events: [refreshFailed('response_invalid', 0.5)], results: [failed('a', 'response_invalid')] },
        { evidence: 'other' },
      )
      .end(),
  ]
}

/** The installation key and platform evidence. */
export function keyAndEvidenceScenarios(): Case[] {
  return [...keyScenarios(), ...evidenceScenarios()]
}
