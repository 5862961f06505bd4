import { setTimeout as wait } from 'node:timers/promises'
import { paths, statusListPath, type ChallengeResponse } from '@assay/protocol'
import type { Fault, Length } from '../../fault/fault.ts'
import { audience, iosApp, succeed } from '../../stage/apps.ts'
import {
  answerBody,
  askChallenge,
  attest,
  challengeBody,
  install,
  sendAnswer,
} from '../../stage/installations.ts'
import { startFlood } from '../../stage/flood.ts'
import type { FloodCount, FloodRequest } from '../../stage/flood.process.ts'
import { codeOf, createNetwork, type Answer } from '../../stage/network.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'

/** Length of a flood in seconds. */
export const floodLasts: Record<Length, number> = { short: 6, long: 20 }

/** Honest installations per second, and the number of their networks. */
const honest = { perSecond: 20, networks: 16 }

/** What they must get during a flood. */
const wanted = { share: 0.98, p50: 500 }

/** The most resident MB in any flood. */
const mostResident = 600

/** Whole exchanges of new installations, each begun at its time, even if earlier ones are not finished. */
export async function honestExchanges(
  stage: Stage,
  seconds: number,
  url = stage.node.url,
): Promise<Answer[]> {
  const networks = Array.from({ length: honest.networks }, (_, i) =>
    createNetwork({ address: `127.2.${i}.1`, connections: 64, patience: 15_000 }),
  )
  const begun: Promise<Answer>[] = []
  for (let i = 0; i < seconds * honest.perSecond; i++) {
    const network = networks[i % networks.length] as (typeof networks)[number]
    begun.push(timed(() => attest(network, url, install(stage.web))))
    await wait(1000 / honest.perSecond)
  }
  const answers = await Promise.all(begun)
  for (const network of networks) network.close()
  return answers
}

/** With the time of the whole exchange. */
async function timed(exchange: () => Promise<Answer>): Promise<Answer> {
  const started = performance.now()
  return { ...(await exchange()), milliseconds: performance.now() - started }
}

export function judge(tally: Tally, answers: readonly Answer[]): void {
  const served = answers.filter(({ status }) => status === 200)
  const times = served.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? Infinity)
  tally.attempts += answers.length
  tally.fact('honest exchanges', answers.length)
  tally.fact('served', `${((100 * served.length) / answers.length).toFixed(1)} %`)
  tally.fact('p50 ms', at(0.5))
  tally.fact('p95 ms', at(0.95))
  const others: Record<string, number> = {}
  for (const { status, fault } of answers)
    if (status !== 200) others[fault ?? status] = (others[fault ?? status] ?? 0) + 1
  if (Object.keys(others).length > 0) tally.fact('others', JSON.stringify(others))
  tally.want(served.length >= answers.length * wanted.share, 'honest clients of other networks are served')
  tally.want(at(0.5) <= wanted.p50, `half of them within ${wanted.p50} ms`)
}

const challenges: Fault = {
  name: 'overload.challenges',
  alone: true,
  what: '4,096 connections of 64 networks ask for challenges without a pause: clients of other networks attest, half of them within half a second',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    await attest(stage.network, stage.node.url, install(stage.web))
    const flood = await startFlood({
      url: stage.node.url,
      connections: 4_096,
      networks: 64,
      requests: Array.from({ length: 16 }, () => askedBy(stage)),
    })
    judge(tally, await honestExchanges(stage, floodLasts[length]))
    judgeFlood(tally, stage, flood.count())
    await flood.stop()
    await lookAfter(tally, stage)
    return tally.outcome()
  },
}

const tenTimes: Fault = {
  name: 'overload.ten-times',
  alone: true,
  what: 'Requests come at ten times the rate of exchanges that the service was just measured to manage, half of them answers to a challenge that was used: clients of other networks attest, and who is refused is told to come back, each at another time',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    const capacity = await measureCapacity(stage, measuredFor[length])
    const used = await usedBy(stage)
    const flood = await startFlood({
      url: stage.node.url,
      connections: 4_096,
      networks: 64,
      requests: Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? askedBy(stage) : used)),
      perSecond: capacity * 10,
    })
    const [began, before] = [performance.now(), flood.count().offered]
    judge(tally, await honestExchanges(stage, floodLasts[length]))
    const rate = (flood.count().offered - before) / ((performance.now() - began) / 1000)
    tally.fact('capacity, exchanges a second', Math.round(capacity))
    tally.fact('offered, requests a second', Math.round(rate))
    tally.want(rate >= capacity * 9, 'ten times of what it manages is offered')
    const { retryAfter } = judgeFlood(tally, stage, flood.count())
    const waits = Object.keys(retryAfter)
    if (waits.length > 0) tally.fact('told to come back after, s', JSON.stringify(retryAfter))
    tally.want(
      !('none' in retryAfter) && waits.length !== 1,
      'who is refused is told to come back, and not everybody at the same time',
    )
    await flood.stop()
    await lookAfter(tally, stage)
    return tally.outcome()
  },
}

const origin = 'https://app.example'

const openRoutes: Fault = {
  name: 'overload.open-routes',
  alone: true,
  what: '4,096 connections of 64 networks ask for a status list and send preflights without a pause, which no quota limits: none of them is refused, and clients of other networks attest, half of them within half a second',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    await succeed(
      stage.operator.ask('PATCH', `/v1/apis/${encodeURIComponent(audience)}`, { origins: [origin] }),
    )
    await attest(stage.network, stage.node.url, install(stage.web))
    const preflight = { Origin: origin, 'Access-Control-Request-Method': 'POST' }
    const flood = await startFlood({
      url: stage.node.url,
      connections: 4_096,
      networks: 64,
      requests: [
        { method: 'GET', path: statusListPath(audience) },
        { method: 'OPTIONS', path: paths.challenges, headers: preflight },
      ],
    })
    judge(tally, await honestExchanges(stage, floodLasts[length]))
    const { answers } = judgeFlood(tally, stage, flood.count())
    tally.want(
      Object.keys(answers).sort().join() === '200,204',
      'every status list and every preflight is answered',
    )
    await flood.stop()
    await lookAfter(tally, stage)
    return tally.outcome()
  },
}

/** A flood of which the default quotas refuse nearly everything. */
const refused = { connections: 1_024, networks: 4 }

/** Refusals by which the quotas are taken to be spent: a network may use up those of a minute in a burst. */
const refusalsOfSpent = 500

/** Milliseconds within which the bursts must be spent. */
const spentWithin = 60_000

/** The most refusals a second for that many connections: each waits at least 1.5 s once 50 have been refused in 100 ms. */
const mostRefused = 500 + refused.connections / 1.5

/** Attestations of an app within a minute, in the second part. */
const appQuota = 20

const quotas: Fault = {
  name: 'overload.quotas',
  alone: true,
  what: '1,024 connections of 4 networks ask for challenges, beyond the quotas that a service has by default: what is refused is refused late, with the time to come back, and clients of other networks attest; then one app attests beyond its own quota, and another one is served',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    await stage.node.stop()
    await stage.start({ limits: {} })
    const flood = await startFlood({
      url: stage.node.url,
      ...refused,
      requests: Array.from({ length: 16 }, () => askedBy(stage)),
    })
    const answered = (status: string) => flood.count().answers[status] ?? 0
    const end = performance.now() + spentWithin
    while (answered('429') < refusalsOfSpent && performance.now() < end) await wait(100)
    const [began, before] = [performance.now(), { served: answered('200'), refused: answered('429') }]
    judge(tally, await honestExchanges(stage, floodLasts[length]))
    const [served, late] = [answered('200') - before.served, answered('429') - before.refused]
    const rate = late / ((performance.now() - began) / 1000)
    const { retryAfter } = judgeFlood(tally, stage, flood.count())
    tally.fact('refused in a second', Math.round(rate))
    tally.fact('flood served meanwhile', served)
    tally.want(late > served, 'most of the flood is beyond the quotas')
    tally.want(rate <= mostRefused, 'who is refused waits for the answer')
    tally.want(!('none' in retryAfter), 'who is refused is told when to come back')
    await flood.stop()
    await lookAfter(tally, stage)
    await lookAtAppQuota(stage, tally)
    return tally.outcome()
  },
}

/** One app attests twice as often as it may; nothing else is limited. */
async function lookAtAppQuota(stage: Stage, tally: Tally): Promise<void> {
  const { network, web, ios } = stage
  await stage.node.stop()
  await stage.start({ limits: { app: { requests: appQuota, seconds: 60 } } })
  const answers: Answer[] = []
  for (let i = 0; i < appQuota * 2; i++) answers.push(await attest(network, stage.node.url, install(web)))
  const spent = answers.filter(({ status }) => status === 429)
  tally.fact('beyond the quota of the app', spent.length)
  // A few requests become available during these.
  tally.want(spent.length > appQuota / 2 && spent.length <= appQuota, 'an app has its quota and no more')
  tally.want(
    spent.every((answer) => codeOf(answer) === 'rate_limited' && (answer.retryAfter ?? 0) > 0),
    'an app beyond its quota is told when to come back',
  )
  const other = await attest(network, stage.node.url, install(ios, stage.iphone()))
  tally.want(other.status === 200, `${iosApp} is served while another app is beyond its quota`)
}

/** Seconds. */
const measuredFor: Record<Length, number> = { short: 2, long: 10 }

/** Whole exchanges of new installations that the service manages in one second of processor time. */
async function measureCapacity(stage: Stage, seconds: number): Promise<number> {
  const { network, node } = stage
  let served = 0
  const serve = async (until: number) => {
    while (performance.now() < until)
      if ((await attest(network, node.url, install(stage.web))).status === 200) served++
  }
  const serveAll = (milliseconds: number) =>
    Promise.all(Array.from({ length: 16 }, () => serve(performance.now() + milliseconds)))
  await serveAll(1_000)
  served = 0
  const before = node.cpuSeconds()
  await serveAll(seconds * 1000)
  return served / (node.cpuSeconds() - before)
}

function askedBy(stage: Stage): FloodRequest {
  return { path: paths.challenges, body: challengeBody(install(stage.web)) }
}

/** An answer that was accepted. */
async function usedBy(stage: Stage): Promise<FloodRequest> {
  const { network, node, web } = stage
  const installation = install(web)
  const asked = await askChallenge(network, node.url, installation)
  const body = await answerBody(installation, asked.body as ChallengeResponse)
  await sendAnswer(network, node.url, body)
  return { path: paths.attestations, body }
}

function judgeFlood(tally: Tally, { node }: Stage, count: FloodCount): FloodCount {
  const { answers, closed } = count
  tally.fact('flood', JSON.stringify(answers))
  tally.want(!('500' in answers), 'more than it can do is no fault of the service')
  const resident = Math.round(node.resident())
  tally.fact('resident MB', resident)
  tally.want(resident <= mostResident, `it takes no more than ${mostResident} MB`)
  if (closed > 0) tally.fact('connections closed', closed)
  return count
}

async function lookAfter(tally: Tally, { network, node, web }: Stage): Promise<void> {
  const after = performance.now()
  const { status } = await attest(network, node.url, install(web))
  tally.want(status === 200, 'the service does its work after the flood')
  tally.recovered(performance.now() - after)
}

export const overloadFaults: readonly Fault[] = [challenges, tenTimes, openRoutes, quotas]
