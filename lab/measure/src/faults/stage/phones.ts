import { setTimeout as wait } from 'node:timers/promises'
import type { ChallengeResponse } from '@assay/protocol'
import { succeed } from './apps.ts'
import {
  answerBody,
  askChallenge,
  attest,
  claimsOf,
  install,
  sendAnswer,
  type Installation,
} from './installations.ts'
import type { Answer, Network } from './network.ts'
import type { Stage } from './stage.ts'
import type { Tally } from './tally.ts'
import { millisecondsUntil } from '../node/until.ts'

/** A phone, and the last acknowledgement that it got. */
export interface KeptPhone {
  readonly installation: Installation
  /** The answer that was accepted, the id of its token, and the phone's counter then. */
  last?: { readonly body: string; readonly jti: string; readonly counter: number }
}

/** Enrols or refreshes, and records the acknowledgement. */
export async function exchange(network: Network, url: string, phone: KeptPhone): Promise<Answer> {
  const { installation } = phone
  const asked = await askChallenge(network, url, installation)
  if (asked.status !== 200) return asked
  const body = await answerBody(installation, asked.body as ChallengeResponse)
  const counter = installation.phone?.counter ?? 0
  const answer = await sendAnswer(network, url, body)
  if (answer.status === 200) phone.last = { body, jti: claimsOf(answer).jti, counter }
  return answer
}

/** Checks that the service remembers the phone, and accepts neither its answer nor its counter again. */
export async function lookAtPhone(
  network: Network,
  url: string,
  { installation, last }: KeptPhone,
  tally: Tally,
): Promise<void> {
  const { phone } = installation
  if (last === undefined || phone === undefined) return
  // The same bytes again: they are refused, or answered with the same token.
  const repeated = await sendAnswer(network, url, last.body)
  if (repeated.status === 200 && claimsOf(repeated).jti !== last.jti) tally.doubleAcceptances++
  const signed = phone.counter
  if (last.counter > 0) {
    // A copy of the key, with the counter that was accepted last.
    phone.counter = last.counter - 1
    if ((await attest(network, url, installation)).status === 200) tally.doubleAcceptances++
  }
  phone.counter = signed
  // A second 503 is not a loss.
  let status = 503
  await millisecondsUntil(async () => {
    status = (await attest(network, url, installation)).status
    return status !== 503 && status !== 0
  }, 5_000)
  if (status !== 200) tally.losses++
}

/** A phone that has enrolled. */
export interface EnrolledPhone {
  readonly installation: Installation
  /** The id by which the API knows it. */
  readonly pseudonym: string
}

/** Enrols phones; those that are told to come back do so. @throws Error unless all of them are enrolled */
export async function enrol(stage: Stage, count: number): Promise<EnrolledPhone[]> {
  const enrolOne = async (): Promise<EnrolledPhone> => {
    let installation: Installation
    let answer: Answer
    const until = performance.now() + 30_000
    do {
      installation = install(stage.ios, stage.iphone())
      answer = await attest(stage.network, stage.node.url, installation)
      if (answer.status === 503) await wait(200)
    } while (answer.status === 503 && performance.now() < until)
    await succeed(Promise.resolve(answer))
    return { installation, pseudonym: claimsOf(answer).installation }
  }
  return Promise.all(Array.from({ length: count }, enrolOne))
}
