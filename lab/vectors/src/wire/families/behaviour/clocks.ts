import type { Case } from '../../case/case.ts'
import { Play } from './play.ts'
import { withToken } from './refresh.ts'
import { attestation, challengeRequest, given } from './seen.ts'

const ask = { calls: [challengeRequest()] }
const day = 86_400_000
const request = { do: 'proof', method: 'GET', url: 'https://api.example/a' }

/** The claims of a proof that is made now. */
function proven(id: string, token: string, iat: number) {
  return { id, token, proof: { htm: 'GET', htu: 'https://api.example/a', iat } }
}

function wrongFromTheStart(by: number, name: string): Case {
  const play = new Play(`a clock that is wrong by ${name}`, { wallError: by })
    .getToken('a', ask)
    .challenge({ calls: [attestation(1)] })
  play.tokens({ events: [play.announced('token')], results: [given('a', 'token-1')] })
  play.do({ ...request, id: 'b' }, { results: [proven('b', 'token-1', play.serverTime)] })
  play.pass(10_000)
  play.do({ ...request, id: 'c' }, { results: [proven('c', 'token-1', play.serverTime)] })
  play.pass(139_999).pass(1, ask)
  return play.end()
}

function setWhileRunning(by: number, name: string): Case {
  const play = withToken(`a clock that is set by ${name} is learned anew before the next proof`).setWall(by)
  play.do({ ...request, id: 'b' }, ask).challenge({ calls: [attestation(2)] })
  play.tokens({ events: [play.announced('refreshed')], results: [proven('b', 'token-2', play.serverTime)] })
  return play.end()
}

function sleeping(): Case[] {
  const ended = withToken('a token that ended while the device slept is not used')
    .sleep(400_000)
    .getToken('b', ask)
  ended.exchange({ events: [ended.announced('refreshed')], results: [given('b', 'token-2')] })
  const doubt = withToken('a sleep of 31 s puts the clock in doubt').sleep(31_000).getToken('b', ask)
  doubt.exchange({ events: [doubt.announced('refreshed')], results: [given('b', 'token-2')] })
  const short = withToken('a sleep of 20 s counts against the token')
    .sleep(20_000)
    .getToken('b', { results: [given('b', 'token-1', 275)] })
  // The timer stood still for 20 s, and was set for half life: anyone who asks after half life is served and refreshes.
  short.pass(130_001, {})
  return [ended.end(), doubt.end(), short.end()]
}

/** What clocks do to tokens and proofs. */
export function clockScenarios(): Case[] {
  const bound = withToken('a clock that is set by 30 s is no doubt yet')
    .setWall(30_000)
    .getToken('b', { results: [given('b', 'token-1', 265)] })
  const beyond = withToken('a clock that is set by 30.001 s is in doubt').setWall(30_001).getToken('b', ask)
  const back = withToken('a clock that is set back by 30 s does not lengthen the token')
    .setWall(-30_000)
    .getToken('b', { results: [given('b', 'token-1', 295)] })
  const fraction = new Play('the offset has the resolution of the answer')
    .pass(700)
    .getToken('a', ask)
    .challenge({ calls: [attestation(1)] })
  fraction.tokens({ events: [fraction.announced('token')], results: [given('a', 'token-1')] })
  fraction.do({ ...request, id: 'b' }, { results: [proven('b', 'token-1', fraction.serverTime)] })
  return [
    wrongFromTheStart(day, 'a day ahead'),
    wrongFromTheStart(-day, 'a day behind'),
    wrongFromTheStart(20 * 365 * day, '20 years ahead'),
    setWhileRunning(day, 'a day'),
    setWhileRunning(-day, 'a day back'),
    setWhileRunning(60_000, 'a minute'),
    setWhileRunning(-60_000, 'a minute back'),
    bound.end(),
    beyond.end(),
    back.end(),
    fraction.end(),
    ...sleeping(),
  ]
}
