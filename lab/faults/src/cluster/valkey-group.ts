import { freePort, startValkey, type PrivateValkey } from '@assay/testkit'
import { millisecondsUntil } from '../stage/until.ts'
import { startValkeySwitch } from './haproxy.ts'
import { startRelay, type Relay } from './relay.ts'
import { valkeySettings } from './set-cluster.ts'

/** A Valkey that takes writes, two replicas of it, and a switch that leads to the one that takes writes. */
export interface ValkeyGroup {
  /** Of the switch. */
  readonly url: string
  /** The one that takes writes. */
  primary(): PrivateValkey
  /** The replicas hear nothing more, and what is written from now on is with the primary alone. */
  cutReplicas(): void
  /** `kill -9`, and a replica takes its place. */
  failOver(): Promise<void>
  /** A replica takes its place, and the one that was there knows nothing of it: two take writes. */
  split(): Promise<void>
  /** Those that were left behind follow the one that takes writes, and all hear each other. */
  reunite(): Promise<void>
  close(): Promise<void>
}

interface Member {
  readonly server: PrivateValkey
  /** By which its replicas reach it. */
  readonly link: Relay
}

/**
 * Writes need a replica that hears them, as a careful operator demands where there are replicas: one that was heard within
 * half a minute, so that what is lost can be more than on a slow machine fits into ten seconds.
 */
const settings = [
  ...valkeySettings,
  ...['--min-replicas-to-write', '1', '--min-replicas-max-lag', '30', '--repl-diskless-sync-delay', '0'],
]

export async function startValkeyGroup(): Promise<ValkeyGroup> {
  const members: Member[] = []
  for (let i = 0; i < 3; i += 1) {
    const server = await startValkey({ settings })
    members.push({ server, link: await startRelay({ target: { port: server.port } }) })
  }
  let [first, ...others] = members as [Member, ...Member[]]
  const follow = ({ server }: Member, { link }: Member) =>
    server.command('REPLICAOF', '127.0.0.1', String(link.port))
  const untilFollowed = async (replicas: number) => {
    const { command } = first.server
    const isFollowed = async () =>
      (await command('INFO', 'replication')).includes(`min_slaves_good_slaves:${replicas}`)
    if ((await millisecondsUntil(isFollowed)) === Infinity) throw new Error('the replicas do not follow')
  }
  const promote = async (next: Member) => {
    await next.server.command('REPLICAOF', 'NO', 'ONE')
    others = members.filter((each) => each !== next)
    first = next
  }
  for (const other of others) await follow(other, first)
  await untilFollowed(2)
  const port = await freePort()
  const proxy = await startValkeySwitch(
    port,
    members.map(({ server }) => server.port),
  )
  const takeOver = async (old: Member) => {
    const [next, last] = others as [Member, Member]
    await promote(next)
    await follow(last, next)
    await untilFollowed(1)
    others = [old, last]
  }
  return {
    url: `valkey://127.0.0.1:${port}`,
    primary: () => first.server,
    cutReplicas: () => first.link.cut(),
    async failOver() {
      const old = first
      await old.server.kill()
      await takeOver(old)
    },
    split() {
      // Otherwise it would hear at once that its replicas have left, and take no more writes.
      first.link.cut()
      return takeOver(first)
    },
    async reunite() {
      const [old] = others as [Member, Member]
      if ((await old.server.command('PING').catch(() => '')) !== '+PONG') await old.server.start()
      await follow(old, first)
      for (const { link } of members) link.mend()
      await untilFollowed(2)
    },
    async close() {
      await proxy.stop()
      for (const { server, link } of members) {
        await link.close()
        await server.stop()
      }
    },
  }
}
