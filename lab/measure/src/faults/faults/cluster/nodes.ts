import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../../fault/fault.ts'
import { policyOf } from '../../stage/apps.ts'
import { attest, install } from '../../stage/installations.ts'
import type { ServiceNode } from '../../node/node.ts'
import type { Stage } from '../../stage/stage.ts'
import { disturbed } from './disturbed.ts'
import { urlOf } from './used.ts'

/** Whether a session of the service is idle in a transaction and holds locks. */
const isInTransaction = ({ postgres }: Pick<Stage, 'postgres'>): boolean =>
  postgres.ask(
    `select count(*) from pg_stat_activity where state = 'idle in transaction' and application_name = 'assay'`,
  ) !== '0'

/** Policies that are saved at once: each takes several statements, including the audit log. */
const saved = 16

/** Freezes the node while it has a transaction open, because an operator changes something there. */
async function freezeInTransaction({ cluster, network, adminKey, postgres }: Stage): Promise<void> {
  const node = cluster.nodes[1] as ServiceNode
  for (let attempt = 0; attempt < 50; attempt += 1) {
    for (let i = 0; i < saved; i += 1)
      void network.send({
        method: 'PUT',
        url: `${node.url}/v1/policies/frozen-${i}`,
        key: adminKey,
        body: JSON.stringify(policyOf('warning')),
      })
    await wait(20 + 7 * (attempt % 10))
    node.freeze()
    if (isInTransaction({ postgres })) return
    node.thaw()
    await wait(200)
  }
  throw new Error('the node was never caught in a transaction')
}

export const nodeFaults: readonly Fault[] = [
  disturbed({
    name: 'node-killed',
    what: 'a node is killed with kill -9 while clients attest: the others serve, and it comes back',
    prepare: ({ cluster: { nodes, restart } }) => ({
      disturb: () => nodes[1]?.kill(),
      restore: () => restart(1),
    }),
  }),
  disturbed({
    name: 'node-frozen',
    what: 'a node stands still in the middle of a transaction: the others serve, and nobody waits for its locks',
    lasts: { short: 4_000, long: 4_000 },
    prepare: (stage) => ({
      disturb: () => freezeInTransaction(stage),
      restore: () => stage.cluster.nodes[1]?.thaw(),
      meanwhile: async (tally) => {
        // Clients of the frozen node itself wait for as long as this takes, so it has a limit on slow machines too.
        const until = performance.now() + 3_000
        for (let i = 0; i < 10 && performance.now() < until; i += 1) {
          const url = urlOf(stage.cluster, i % 2 === 0 ? 0 : 2)
          const { status, milliseconds } = await attest(
            stage.network,
            url,
            install(stage.ios, stage.iphone()),
          )
          tally.attempts += 1
          tally.want(
            status === 200 || status === 503,
            'phones enrol at the other nodes, or are told to come back',
          )
          tally.want(milliseconds < 5_000, 'nobody waits for the locks of a frozen node')
        }
        const { status } = await attest(
          stage.network,
          urlOf(stage.cluster, 0),
          install(stage.ios, stage.iphone()),
        )
        tally.want(status === 200, 'phones enrol at the other nodes once the database has released the locks')
      },
    }),
  }),
]
