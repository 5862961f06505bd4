import { readdir, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChallengeResponse } from '@assay/protocol'
import type { Cluster } from '../cluster/set-cluster.ts'
import type { Fault, Length } from '../fault.ts'
import { answerBody, askChallenge, attest, install, sendAnswer } from '../stage/installations.ts'
import type { Answer } from '../stage/network.ts'
import type { Stage } from '../stage/stage.ts'
import { createTally, type Tally } from '../stage/tally.ts'

const urlOf = ({ nodes }: Cluster, i: number) => (nodes[i % nodes.length] as Cluster['nodes'][number]).url

/** A challenge, with one answer that was accepted and others that must not be. */
interface Used {
  readonly others: readonly string[]
}

/** Exchanges that were accepted, each with answers of other client data to the same challenge. */
async function useSome({ network, web }: Stage, cluster: Cluster, number: number): Promise<Used[]> {
  const used: Used[] = []
  for (let i = 0; i < number; i += 1) {
    const installation = install(web)
    const asked = await askChallenge(network, urlOf(cluster, i), installation)
    const challenge = asked.body as ChallengeResponse
    const answer = await sendAnswer(network, urlOf(cluster, i + 1), await answerBody(installation, challenge))
    if (answer.status !== 200) throw new Error(`an exchange before the fault was answered ${answer.status}`)
    const other = { ...installation, sdk: 'thief/1.0' }
    used.push({ others: [await answerBody(other, challenge)] })
  }
  return used
}

/** Sends what must not be accepted to every node. */
async function tryAgain(
  { network }: Stage,
  cluster: Cluster,
  used: readonly Used[],
  tally: Tally,
): Promise<void> {
  for (const { others } of used) {
    for (const body of others) {
      const answers = await Promise.all(cluster.nodes.map((node) => sendAnswer(network, node.url, body)))
      tally.attempts += answers.length
      tally.doubleAcceptances += answers.filter(({ status }) => status === 200).length
    }
  }
}

/** Milliseconds until whole exchanges through the proxy succeed, several in a row: at any node. */
async function recovery(stage: Stage, { url }: Cluster): Promise<number> {
  const started = performance.now()
  for (let inRow = 0; inRow < 6;) {
    const { status } = await attest(stage.network, url, install(stage.web))
    inRow = status === 200 ? inRow + 1 : 0
    if (performance.now() - started > 30_000) return Infinity
    if (status !== 200) await wait(50)
  }
  return performance.now() - started
}

interface Disturbance {
  readonly name: string
  readonly what: string
  /** What is answered while it lasts is no 200, or is: nothing is wanted of it but that it is no fault of the client's. */
  disturb(cluster: Cluster, stage: Stage): Promise<void> | void
  restore(cluster: Cluster, stage: Stage): Promise<void> | void
}

/** Uses challenges, disturbs, restores, and tries what was used again: nothing may be accepted twice. */
function disturbed({ name, what, disturb, restore }: Disturbance): Fault {
  return {
    name: `cluster.${name}`,
    what,
    stores: ['cluster'],
    async run(stage, length) {
      const { cluster } = stage
      const tally = createTally()
      let codes: Record<string, number> = {}
      for (let round = 0; round < rounds[length]; round += 1) {
        const used = await useSome(stage, cluster, 20)
        const under = during(stage, cluster)
        await disturb(cluster, stage)
        await wait(1_500)
        await restore(cluster, stage)
        tally.recovered(await recovery(stage, cluster))
        await tryAgain(stage, cluster, used, tally)
        const answers = await under.stop()
        codes = answers
        tally.want(!('500' in answers), 'a fault of a store is 503, and not 500')
      }
      tally.fact('answers meanwhile', JSON.stringify(codes))
      tally.fact('resident MB', Math.round(Math.max(...cluster.nodes.map((node) => node.resident()))))
      return tally.outcome()
    },
  }
}

const rounds: Record<Length, number> = { short: 1, long: 10 }

/** Exchanges through the proxy, one after the other by four clients, until told to stop: how many ended how. */
function during(stage: Stage, { url }: Cluster): { stop(): Promise<Record<string, number>> } {
  let stopped = false
  const counts: Record<string, number> = {}
  const client = async () => {
    while (!stopped) {
      const { status, fault }: Answer = await attest(stage.network, url, install(stage.web))
      const name = fault ?? String(status)
      counts[name] = (counts[name] ?? 0) + 1
      await wait(20)
    }
  }
  const clients = Promise.all(Array.from({ length: 4 }, client))
  return {
    async stop() {
      stopped = true
      await clients
      return counts
    },
  }
}

/** Cuts off the end of the newest part of the append-only file: what a power failure leaves of the last second. */
async function cutLog({ valkey }: Cluster): Promise<void> {
  const folder = path.join(valkey.folder, 'appendonlydir')
  const parts = (await readdir(folder)).filter((file) => file.endsWith('.incr.aof'))
  for (const part of parts) {
    const file = path.join(folder, part)
    await truncate(file, Math.floor((await stat(file)).size / 2))
  }
}

/** Attempts with other client data at one challenge, all at once over all nodes. */
const racers = 8
const raced: Record<Length, number> = { short: 50, long: 2_500 }

const race: Fault = {
  name: 'cluster.race',
  what: 'eight answers to one challenge arrive at three nodes at once: one is accepted',
  stores: ['cluster'],
  async run(stage, length) {
    const { cluster, network, web } = stage
    const tally = createTally()
    let unanswered = 0
    for (let round = 0; round < raced[length]; round += 1) {
      const installation = install(web)
      const asked = await askChallenge(network, urlOf(cluster, round), installation)
      const bodies = await Promise.all(
        Array.from({ length: racers }, (_, i) =>
          answerBody({ ...installation, sdk: `racer/${i}` }, asked.body as ChallengeResponse),
        ),
      )
      const answers = await Promise.all(bodies.map((body, i) => sendAnswer(network, urlOf(cluster, i), body)))
      const accepted = answers.filter(({ status }) => status === 200).length
      tally.attempts += racers
      tally.doubleAcceptances += Math.max(0, accepted - 1)
      if (accepted === 0) unanswered += 1
    }
    tally.want(unanswered === 0, 'one of those who race is accepted')
    return tally.outcome()
  },
}

export const clusterFaults: readonly Fault[] = [
  race,
  disturbed({
    name: 'node-killed',
    what: 'a node is killed with kill -9 while clients attest: the others serve, and it comes back',
    disturb: ({ nodes }) => nodes[1]?.kill(),
    restore: ({ restart }) => restart(1),
  }),
  disturbed({
    name: 'node-frozen',
    what: 'a node stands still in whatever it was doing, transactions too: the others serve',
    disturb: ({ nodes }) => nodes[1]?.freeze(),
    restore: ({ nodes }) => nodes[1]?.thaw(),
  }),
  disturbed({
    name: 'valkey-killed',
    what: 'Valkey is killed with kill -9 and starts on its file: no challenge from before is accepted',
    disturb: ({ valkey }) => valkey.kill(),
    restore: ({ valkey }) => valkey.start(),
  }),
  disturbed({
    name: 'valkey-log-cut',
    what: "Valkey's machine loses power, and half of its file is gone: claims are lost, and none of their challenges is accepted again",
    disturb: async (cluster) => {
      await cluster.valkey.kill()
      await cutLog(cluster)
    },
    restore: ({ valkey }) => valkey.start(),
  }),
  disturbed({
    name: 'valkey-emptied',
    what: 'an empty Valkey takes the place of the one that was there: no challenge from before is accepted',
    disturb: ({ valkey }) => void valkey.command('FLUSHALL'),
    restore: ({ valkey }) => void valkey.command('FUNCTION', 'FLUSH'),
  }),
  disturbed({
    name: 'valkey-frozen',
    what: 'Valkey stands still: new attestations are told to come back, and go on when it does',
    disturb: ({ valkey }) => valkey.freeze(),
    restore: ({ valkey }) => valkey.thaw(),
  }),
  disturbed({
    name: 'postgres-killed',
    what: 'PostgreSQL is killed with kill -9: what was acknowledged is there, and nodes go on by themselves',
    disturb: (_, { postgres }) => postgres.kill(),
    restore: (_, { postgres }) => postgres.restart(),
  }),
  disturbed({
    name: 'postgres-frozen',
    what: 'PostgreSQL stands still: nobody waits for more than five seconds',
    disturb: (_, { postgres }) => postgres.freeze(),
    restore: (_, { postgres }) => postgres.thaw(),
  }),
  disturbed({
    name: 'clocks-apart',
    what: 'the clocks of two machines are set five minutes forth and back: challenges bear the time of Valkey',
    disturb: async ({ nodes }) => {
      await nodes[0]?.setClock(300_000)
      await nodes[1]?.setClock(-300_000)
    },
    restore: async ({ nodes, restart }) => {
      await nodes[2]?.kill()
      await restart(2, { clockOffset: 300_000 })
    },
  }),
]
