import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { attest, install, type Installation } from '../stage/installations.ts'
import type { Answer } from '../stage/network.ts'
import { startRelay } from '../cluster/relay.ts'
import type { Stage } from '../stage/stage.ts'
import { createTally, type Tally } from '../stage/tally.ts'
import { millisecondsUntil } from '../stage/until.ts'

/** Milliseconds: nothing waits longer for a store, and some are left for a machine with other work. */
export const longestAnswer = 8_000

/** Milliseconds that the fault lasts. */
const lasts = { short: 6_000, long: 20_000 } as const

async function phonesOf(stage: Stage): Promise<Installation[]> {
  const phones = Array.from({ length: 4 }, () => install(stage.ios, stage.iphone()))
  for (const phone of phones) await attest(stage.network, stage.node.url, phone)
  // What nobody has asked for yet, the service cannot have read.
  await attest(stage.network, stage.node.url, install(stage.web))
  return phones
}

/** Software attests by what is registered, hardware is told to come back, and nobody waits long. */
async function lookMeanwhile(
  stage: Stage,
  tally: Tally,
  phones: Installation[],
  until: number,
): Promise<void> {
  const { network, node } = stage
  let served = 0
  const judge = ({ status, milliseconds, retryAfter }: Answer) => {
    tally.attempts++
    if (status === 200) served++
    tally.want(milliseconds < longestAnswer, 'nothing waits longer than five seconds for the store')
    tally.want(status === 200 || status === 503, 'what cannot be done is answered with 503')
    tally.want(status !== 503 || (retryAfter ?? 0) > 0, 'a 503 says when to come back')
  }
  while (performance.now() < until) {
    const live = await network.send({ method: 'GET', url: `${node.url}/livez` })
    tally.want(live.status === 200 && live.milliseconds < 1_000, '/livez does not wait for the store')
    const answers = [install(stage.web), ...phones].map((each) => attest(network, node.url, each))
    for (const answer of await Promise.all(answers)) judge(answer)
    await wait(200)
  }
  tally.want(served > 0, 'software attests by what was registered when the database was last heard')
  tally.fact('served meanwhile', served)
}

/** Everybody is served again, with nothing forgotten. */
async function lookAfter(stage: Stage, tally: Tally, phones: Installation[]): Promise<void> {
  const { network, node } = stage
  const isServed = (each: Installation) => async () => (await attest(network, node.url, each)).status === 200
  for (const phone of phones) {
    const took = await millisecondsUntil(isServed(phone), 15_000)
    if (took === Infinity) tally.losses++
    tally.recovered(took)
  }
  const newcomer = await attest(network, node.url, install(stage.ios, stage.iphone()))
  tally.want(newcomer.status === 200, 'phones enrol again')
}

const killed: Fault = {
  name: 'database.killed',
  what: 'The database server is killed and started again',
  stores: ['postgres'],
  async run(stage, length) {
    const tally = createTally()
    const phones = await phonesOf(stage)
    await stage.postgres.kill()
    await lookMeanwhile(stage, tally, phones, performance.now() + lasts[length])
    await stage.postgres.restart()
    await lookAfter(stage, tally, phones)
    return tally.outcome()
  },
}

const frozen: Fault = {
  name: 'database.frozen',
  what: 'The database server accepts connections and answers nothing',
  stores: ['postgres'],
  async run(stage, length) {
    const tally = createTally()
    const phones = await phonesOf(stage)
    stage.postgres.freeze()
    await lookMeanwhile(stage, tally, phones, performance.now() + lasts[length])
    stage.postgres.thaw()
    await lookAfter(stage, tally, phones)
    return tally.outcome()
  },
}

/** Milliseconds that each way takes, and whether everybody is served all the same. */
const delays = [
  { each: 5, isServed: true },
  { each: 40, isServed: true },
  { each: 2_000, isServed: false },
] as const

const slow: Fault = {
  name: 'database.slow',
  what: 'What goes to the database server and comes from it takes 5, 40 and 2,000 milliseconds each way: at the first two everybody is served, at the last nobody waits for long',
  stores: ['postgres'],
  async run(stage, length) {
    const tally = createTally()
    const phones = await phonesOf(stage)
    await stage.node.stop()
    const line = await startRelay({ target: { path: stage.postgres.socket } })
    await stage.start({ postgres: `postgresql://assay@127.0.0.1:${line.port}/postgres` })
    try {
      await lookAfter(stage, tally, phones)
      for (const { each, isServed } of delays) {
        line.delay = each
        if (!isServed) await lookMeanwhile(stage, tally, phones, performance.now() + lasts[length])
        else await lookWhileSlow(stage, tally, phones, { each, until: performance.now() + lasts[length] / 3 })
      }
      line.delay = 0
      await lookAfter(stage, tally, phones)
      await stage.node.stop()
    } finally {
      await line.close()
    }
    return tally.outcome()
  },
}

async function lookWhileSlow(
  { network, node, web }: Stage,
  tally: Tally,
  phones: Installation[],
  { each, until }: { each: number; until: number },
): Promise<void> {
  let longest = 0
  while (performance.now() < until) {
    const answers = [install(web), ...phones].map((one) => attest(network, node.url, one))
    for (const { status, milliseconds } of await Promise.all(answers)) {
      tally.attempts++
      tally.want(status === 200, 'everybody is served by a database that is slow')
      longest = Math.max(longest, milliseconds)
    }
  }
  tally.fact(`longest answer at ${each} ms each way`, Math.round(longest))
}

const nodeFrozen: Fault = {
  name: 'node.frozen',
  what: 'The service is frozen in the middle of enrolments: the database lets go of what it held, and it goes on when it is thawed',
  stores: ['postgres'],
  async run(stage) {
    const tally = createTally()
    const phones = await phonesOf(stage)
    const enrolling = Array.from({ length: 16 }, () =>
      attest(stage.network, stage.node.url, install(stage.ios, stage.iphone())),
    )
    await wait(15)
    stage.node.freeze()
    tally.attempts++
    await wait(3_000)
    // Fails where a row of the app is still locked.
    try {
      stage.postgres.execute(`set lock_timeout = '1s'; begin; select 1 from apps for update; commit;`)
    } catch {
      tally.want(false, 'nobody waits for what a frozen node has locked')
    }
    stage.node.thaw()
    await Promise.all(enrolling)
    await lookAfter(stage, tally, phones)
    return tally.outcome()
  },
}

export const databaseFaults: readonly Fault[] = [killed, frozen, slow, nodeFrozen]
