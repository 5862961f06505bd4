import { setTimeout as wait } from 'node:timers/promises'
import { buildNextVersion } from '../../cluster/next-version.ts'
import type { Fault } from '../../fault/fault.ts'
import { attest } from '../../stage/installations.ts'
import { enrol } from '../../stage/phones.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally } from '../../stage/tally.ts'
import { startClients } from './clients.ts'
import { recovery, tryAgain, urlOf, useSome, type Used } from './used.ts'

/** Number of schema steps that have run on the database. */
const stepsOf = ({ postgres }: Stage): number => Number(postgres.ask('select count(*) from schema_steps'))

/** Share of the requests through the proxy that must be served while nodes are replaced. */
const leastServed = 0.98

/** Whether a node of this version starts on the schema of the next version. */
async function startsBehind({ cluster }: Stage): Promise<boolean> {
  try {
    await cluster.restart(1)
    return true
  } catch (error) {
    if (!(error as Error).message.includes('STORAGE_NEWER_SCHEMA')) throw error
    return false
  }
}

export const upgrade: Fault = {
  name: 'cluster.upgraded',
  what: 'nodes are replaced by the next version, whose schema is one step ahead, one after the other under load: both versions serve what the other began, and none accepts what the other has',
  stores: ['cluster'],
  async run(stage) {
    const { cluster, network } = stage
    const tally = createTally()
    const next = await buildNextVersion()
    try {
      const steps = stepsOf(stage)
      const phones = await enrol(stage, 6)
      const used: Used[] = await useSome(stage, 12)
      const clients = await startClients(stage)
      for (let i = 0; i < cluster.nodes.length; i += 1) {
        await cluster.nodes[i]?.stop()
        if (i === 1)
          tally.want(
            !(await startsBehind(stage)),
            'a node of the old version refuses to start on the newer schema',
          )
        await cluster.restart(i, {}, next.program)
        tally.recovered(await recovery(stage))
        tally.want(
          stepsOf(stage) === steps + 1,
          'the database is one step ahead while nodes of both versions serve',
        )
        // Challenges of each version are answered at the other.
        used.push(...(await useSome(stage, 12)))
        await tryAgain(stage, used, tally)
        for (const [at, { installation }] of phones.entries())
          if ((await attest(network, urlOf(cluster, at + i), installation)).status !== 200) tally.losses += 1
        await wait(500)
      }
      await clients.stop()
      await clients.look(tally)
      const { counts } = clients
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
      tally.fact('answers meanwhile', JSON.stringify(counts))
      tally.want(!('500' in counts), 'nobody meets a fault of the service')
      tally.want(
        (counts['200'] ?? 0) >= leastServed * all,
        `${leastServed * 100} % of the requests are served`,
      )
    } finally {
      for (const node of cluster.nodes) await node.stop()
      await next.remove()
    }
    return tally.outcome()
  },
}
