import { freePort, startValkey, type PrivateValkey } from '@assay/testkit'
import { millisecondsUntil } from '../node/until.ts'
import { startValkeySwitch } from './haproxy.ts'
import { startRelay, type Relay } from './relay.ts'
import { valkeySettings } from './set-cluster.ts'

/** A Valkey primary, its two replicas, and a switch that leads to the primary. */
export interface ValkeyGroup {
  /** The URL of the switch. */
  readonly url: string
  /** The server that accepts writes. */
  primary(): PrivateValkey
  /** Cuts the replicas off: from now on, only the primary has new writes. */
  cutReplicas(): void
  /** Kills the primary with `kill -9`; a replica takes its place. */
  failOver(): Promise<void>
  /** A replica takes its place, and the old primary does not notice, so two servers accept writes. */
  split(): Promise<void>
  /** Reconnects all servers; the others follow the primary again. */
  reunite(): Promise<void>
  close(): Promise<void>
}

interface Member {
  readonly server: PrivateValkey
  /** The link by which its replicas reach it. */
  readonly link: Relay
}

/**
 * Writes need a replica that was heard within half a minute, as a careful operator demands. A shorter time could be too short
 * for a slow machine: then too few writes would be lost to test anything.
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
      // Otherwise it would notice at once that its replicas have left, and accept no more writes.
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
