import { readdir, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { PrivateValkey } from '@assay/testkit'
import { startRelay } from '../../cluster/relay.ts'
import { weaken } from '../../cluster/weaken.ts'
import type { Fault } from '../../fault/fault.ts'
import { attest, claimsOf, install } from '../../stage/installations.ts'
import type { Stage } from '../../stage/stage.ts'
import { disturbed, type Events } from './disturbed.ts'

/** Truncates the newest part of the append-only file, as a power failure does with the last second. */
async function cutLog({ folder }: PrivateValkey): Promise<void> {
  const log = path.join(folder, 'appendonlydir')
  const parts = (await readdir(log)).filter((file) => file.endsWith('.incr.aof'))
  for (const part of parts) {
    const file = path.join(log, part)
    await truncate(file, Math.floor((await stat(file)).size / 2))
  }
}

/** Rewrites the file, so that a truncation removes only later writes. */
async function rewriteLog(valkey: PrivateValkey): Promise<void> {
  await valkey.command('BGREWRITEAOF')
  await wait(1_000)
}

/** Has all nodes reach PostgreSQL through a relay that delays everything. @param delay milliseconds */
async function behindRelay(stage: Stage, delay: number): Promise<Events> {
  const { cluster, postgres } = stage
  const relay = await startRelay({ target: { path: postgres.socket } })
  const { pathname, username } = new URL(postgres.connectionString)
  const connectionString = `postgresql://${username}@127.0.0.1:${relay.port}${pathname}`
  for (const [i, node] of cluster.nodes.entries()) {
    await node.stop()
    await cluster.restart(i, { postgres: connectionString })
  }
  return {
    disturb: () => void (relay.delay = delay),
    restore: () => void (relay.delay = 0),
    close: () => relay.close(),
  }
}

/** The greatest difference in seconds between tokens that nodes issue at the same moment. */
const mostApart = 5

export const storeFaults: readonly Fault[] = [
  disturbed({
    name: 'valkey-killed',
    what: 'Valkey is killed with kill -9 and starts on its file: no challenge from before is accepted',
    prepare: ({ cluster: { valkey } }) => ({ disturb: valkey.kill, restore: valkey.start }),
  }),
  disturbed({
    name: 'valkey-log-cut',
    what: "Valkey's machine loses power, and half of its file is gone: uses are lost, and none of their challenges is accepted again",
    prepare: ({ cluster: { valkey } }) => ({
      disturb: async () => {
        await valkey.kill()
        await cutLog(valkey)
      },
      restore: valkey.start,
      weaken: async () => {
        await weaken(valkey, 'identity')
        // The nodes begin a generation without the check, and the file contains it.
        await wait(1_500)
        await rewriteLog(valkey)
      },
    }),
  }),
  disturbed({
    name: 'valkey-emptied',
    what: 'an empty Valkey takes the place of the one that was there: no challenge from before is accepted',
    prepare: ({ cluster: { valkey } }) => ({
      disturb: async () => void (await valkey.command('FLUSHALL')),
      restore: () => valkey.command('FUNCTION', 'FLUSH'),
    }),
  }),
  disturbed({
    name: 'valkey-frozen',
    what: 'Valkey stands still: new attestations are told to come back, and go on when it does',
    lasts: { short: 5_000, long: 5_000 },
    prepare: ({ cluster: { valkey } }) => ({ disturb: valkey.freeze, restore: valkey.thaw }),
  }),
  disturbed({
    name: 'postgres-killed',
    what: 'PostgreSQL is killed with kill -9: what was acknowledged is there, and nodes go on by themselves',
    prepare: ({ postgres }) => ({ disturb: postgres.kill, restore: postgres.restart }),
  }),
  disturbed({
    name: 'postgres-frozen',
    what: 'PostgreSQL stands still: nobody waits for more than five seconds',
    lasts: { short: 6_000, long: 6_000 },
    prepare: ({ postgres }) => ({ disturb: postgres.freeze, restore: postgres.thaw }),
  }),
  disturbed({
    name: 'postgres-slow',
    what: 'every word of PostgreSQL is 100 ms late: nodes hear it, and everybody is served',
    lasts: { short: 5_000, long: 5_000 },
    prepare: async (stage) => {
      const events = await behindRelay(stage, 100)
      return {
        ...events,
        meanwhile: async (tally) => {
          await wait(1_000)
          for (let i = 0; i < 20; i += 1) {
            const installation = i % 2 === 0 ? install(stage.web) : install(stage.ios, stage.iphone())
            const { status } = await attest(stage.network, stage.cluster.url, installation)
            tally.attempts += 1
            tally.want(status === 200, 'apps and phones are served by a slow database')
          }
        },
      }
    },
  }),
  disturbed({
    name: 'postgres-very-slow',
    what: 'every word of PostgreSQL is 2.5 s late: nobody waits for more than five seconds, and no ban is overlooked',
    lasts: { short: 8_000, long: 8_000 },
    prepare: (stage) => behindRelay(stage, 2_500),
  }),
  disturbed({
    name: 'clocks-apart',
    what: 'the clocks of three machines are set five minutes forth and back: challenges and tokens bear the time of Valkey',
    prepare: (stage) => ({
      disturb: async () => {
        const { nodes } = stage.cluster
        await nodes[0]?.setClock(300_000)
        await nodes[1]?.setClock(-300_000)
      },
      restore: async () => {
        const { nodes, restart } = stage.cluster
        await nodes[2]?.kill()
        await restart(2, { clockOffset: 300_000 })
      },
      afterwards: async (tally) => {
        const { network, web, cluster } = stage
        const answers = await Promise.all(cluster.nodes.map(({ url }) => attest(network, url, install(web))))
        const times = answers.flatMap((answer) => (answer.status === 200 ? [claimsOf(answer).iat] : []))
        tally.want(times.length === cluster.nodes.length, 'every node serves, whatever its clock says')
        tally.want(
          Math.max(...times) - Math.min(...times) <= mostApart,
          `tokens of all nodes are dated within ${mostApart} s`,
        )
      },
    }),
  }),
]
