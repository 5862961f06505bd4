import { setTimeout as wait } from 'node:timers/promises'
import { paths } from '@assay/protocol'
import type { Fault, Length } from '../fault.ts'
import { attest, challengeBody, install } from '../stage/installations.ts'
import { startFlood } from '../stage/flood.ts'
import { createNetwork, type Answer } from '../stage/network.ts'
import type { Stage } from '../stage/stage.ts'
import { createTally, type Tally } from '../stage/tally.ts'

/** Seconds of a flood. */
export const floodLasts: Record<Length, number> = { short: 6, long: 20 }

/** Honest installations that come in a second, each from one of so many networks. */
const honest = { perSecond: 20, networks: 16 }

/** What is wanted of them while a flood lasts. */
const wanted = { share: 0.98, p50: 500 }

/** Whole exchanges of new installations, begun at their times whatever becomes of those before. */
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
  what: '4,096 connections of 64 networks ask for challenges without a pause: clients of other networks attest, half of them within half a second',
  stores: ['sqlite', 'postgres'],
  async run(stage, length) {
    const tally = createTally()
    await attest(stage.network, stage.node.url, install(stage.web))
    const flood = await startFlood({
      url: stage.node.url,
      connections: 4_096,
      networks: 64,
      path: paths.challenges,
      bodies: Array.from({ length: 16 }, () => challengeBody(install(stage.web))),
    })
    judge(tally, await honestExchanges(stage, floodLasts[length]))
    const { answers, closed } = flood.count()
    tally.fact('flood', JSON.stringify(answers))
    tally.fact('resident MB', Math.round(stage.node.resident()))
    if (closed > 0) tally.fact('connections closed', closed)
    await flood.stop()
    const after = performance.now()
    const { status } = await attest(stage.network, stage.node.url, install(stage.web))
    tally.want(status === 200, 'the service does its work after the flood')
    tally.recovered(performance.now() - after)
    return tally.outcome()
  },
}

export const overloadFaults: readonly Fault[] = [challenges]
