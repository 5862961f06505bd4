import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, Length } from '../../fault/fault.ts'
import { attest, install, type Installation } from '../../stage/installations.ts'
import type { Answer } from '../../stage/network.ts'
import { startRelay, type Relay } from '../../cluster/relay.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { millisecondsUntil } from '../../node/until.ts'

/** The longest time that a request waits for a store, in milliseconds. */
const longestWait = 5_000

/** Milliseconds: the same, with a margin for a busy machine. */
export const longestAnswer = longestWait + 3_000

/** Milliseconds that the fault lasts. */
const lasts = { short: 6_000, long: 20_000 } as const

async function phonesOf(stage: Stage): Promise<Installation[]> {
  const phones = Array.from({ length: 4 }, () => install(stage.ios, stage.iphone()))
  for (const phone of phones) await attest(stage.network, stage.node.url, phone)
  // The service can only have read what was requested before.
  await attest(stage.network, stage.node.url, install(stage.web))
  return phones
}

/** Checks that software attests by cached registrations, hardware is told to come back, and nobody waits long. */
async function lookMeanwhile(
  stage: Stage,
  tally: Tally,
  phones: Installation[],
  until: number,
): Promise<void> {
  const { network, node } = stage
  let served = 0
  const judge = ({ status, milliseconds, retryAfter }: Answer, i: number) => {
    tally.attempts++
    if (status === 200) served++
    tally.want(
      i !== 0 || status === 200,
      'software attests by what was registered when the database was heard',
    )
    tally.want(milliseconds < longestAnswer, 'nothing waits longer than five seconds for the store')
    tally.want(status === 200 || status === 503, 'what cannot be done is answered with 503')
    tally.want(status !== 503 || (retryAfter ?? 0) > 0, 'a 503 says when to come back')
  }
  while (performance.now() < until) {
    const live = await network.send({ method: 'GET', url: `${node.url}/livez` })
    tally.want(live.status === 200 && live.milliseconds < 1_000, '/livez does not wait for the store')
    const answers = [install(stage.web), ...phones].map((each) => attest(network, node.url, each))
    for (const [i, answer] of (await Promise.all(answers)).entries()) judge(answer, i)
    await wait(200)
  }
  tally.fact('served meanwhile', served)
}

/** Checks that everybody is served again and nothing is forgotten. */
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

/** Delays in milliseconds for each direction, and whether everybody must still be served. */
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
    await overLine(stage, tally, async (line, phones) => {
      for (const { each, isServed } of delays) {
        line.delay = each
        if (!isServed) await lookMeanwhile(stage, tally, phones, performance.now() + lasts[length])
        else await lookWhileSlow(stage, tally, phones, { each, until: performance.now() + lasts[length] / 3 })
      }
    })
    return tally.outcome()
  },
}

/** Puts a relay between the service and its database, which is slow during `work`. */
async function overLine(
  stage: Stage,
  tally: Tally,
  work: (line: Relay, phones: Installation[]) => Promise<void>,
): Promise<void> {
  const phones = await phonesOf(stage)
  await stage.node.stop()
  const line = await startRelay({ target: { path: stage.postgres.socket } })
  await stage.start({ postgres: `postgresql://assay@127.0.0.1:${line.port}/postgres` })
  try {
    await lookAfter(stage, tally, phones)
    await work(line, phones)
    line.delay = 0
    await lookAfter(stage, tally, phones)
    await stage.node.stop()
  } finally {
    await line.close()
  }
}

/** Delay in milliseconds for each direction: three statements in a row end within the bound, and four do not. */
const eachOfSeveral = 800

const severalStatements: Fault = {
  name: 'database.slow-enrolments',
  alone: true,
  what: 'What goes to the database server and comes from it takes 800 milliseconds each way, and phones enrol, which takes several statements one after the other: no request waits longer for all of them than five seconds',
  stores: ['postgres'],
  async run(stage, length) {
    const tally = createTally()
    await overLine(stage, tally, async (line) => {
      const { network, node } = stage
      const served: Record<number, number> = {}
      let longest = 0
      line.delay = eachOfSeveral
      const until = performance.now() + lasts[length]
      while (performance.now() < until) {
        const newcomers = Array.from({ length: 4 }, () => install(stage.ios, stage.iphone()))
        const answers = newcomers.map((each) => attest(network, node.url, each))
        for (const { status, milliseconds, retryAfter } of await Promise.all(answers)) {
          tally.attempts++
          served[status] = (served[status] ?? 0) + 1
          longest = Math.max(longest, milliseconds)
          tally.want(status === 200 || status === 503, 'what cannot be done is answered with 503')
          tally.want(status !== 503 || (retryAfter ?? 0) > 0, 'a 503 says when to come back')
        }
      }
      tally.fact('answers', JSON.stringify(served))
      tally.fact('longest answer', Math.round(longest))
      // The row runs alone on the machine.
      tally.want(
        longest < longestWait + 1_000,
        'all statements of a request together end within five seconds',
      )
    })
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

/** Numbers of answered enrolments at which the service is frozen, once for each. */
const frozenAfter: Record<Length, readonly number[]> = {
  short: [1, 8, 16],
  long: [1, 2, 4, 6, 8, 10, 12, 16, 20, 24],
}

/** Enrolments that are begun at once. */
const enrolments = 32

/** The locks that an enrolment in a client transaction would hold, by kind of lock and relation. */
const heldByEnrolments = `
  select l.locktype || ' ' || coalesce(l.relation::regclass::text, '') from pg_locks l join pg_stat_activity a using (pid)
  where a.application_name = 'assay' and (l.locktype = 'advisory'
    or l.relation in ('app_numbers'::regclass, 'installations'::regclass, 'enrolments'::regclass))`

const idleInTransaction = `
  select count(*) from pg_stat_activity where application_name = 'assay' and state like 'idle in transaction%'`

const nodeFrozen: Fault = {
  name: 'node.frozen',
  what: 'The service is frozen in the middle of enrolments: none of its sessions holds a lock of one, the database lets go of whatever else it held, and it goes on when it is thawed',
  stores: ['postgres'],
  async run(stage, length) {
    const { network, node, postgres } = stage
    const tally = createTally()
    const phones = await phonesOf(stage)
    let underWay = 0
    for (const after of frozenAfter[length]) {
      let answered = 0
      let isMiddle = () => {}
      const middle = new Promise<void>((resolve) => (isMiddle = resolve))
      const enrolling = Array.from({ length: enrolments }, async () => {
        const { status } = await attest(network, node.url, install(stage.ios, stage.iphone()))
        if (++answered === after) isMiddle()
        return status
      })
      await middle
      node.freeze()
      tally.attempts++
      // The database has finished the statements that it had received.
      await wait(500)
      underWay += enrolments - answered
      const held = postgres.ask(heldByEnrolments)
      tally.want(held === '', `a frozen node holds no lock of an enrolment: ${held.split('\n')[0]}`)
      if (after === frozenAfter[length].at(-1)) {
        await wait(2_500)
        tally.want(postgres.ask(idleInTransaction) === '0', 'no transaction of a frozen node stays open')
      }
      node.thaw()
      const statuses = await Promise.all(enrolling)
      tally.want(
        statuses.every((status) => status === 200 || status === 503),
        'enrolments end when the node is thawed',
      )
    }
    tally.fact('enrolments under way when it was frozen', underWay)
    tally.want(underWay > 0, 'it is frozen in the middle of enrolments')
    await lookAfter(stage, tally, phones)
    return tally.outcome()
  },
}

export const databaseFaults: readonly Fault[] = [killed, frozen, slow, severalStatements, nodeFrozen]
