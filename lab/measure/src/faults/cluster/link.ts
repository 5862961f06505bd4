import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import type { PrivatePostgres, PrivateValkey } from '@assay/testkit'
import type { LinkConfig } from './link.process.ts'

/** A store that a node reaches over a link. */
type Store = 'postgres' | 'valkey'

/** A network link between a node and its stores, whose packets the kernel can drop on request. */
export interface Link {
  /** Addresses of the stores over the link. */
  readonly urls: Readonly<Record<Store, string>>
  /** Drops the packets from node to store, or from store to node; connections are not told. */
  cut(store: Store, direction: 'to' | 'from'): void
  mend(): void
  close(): Promise<void>
}

const ports: Readonly<Record<Store, number>> = { postgres: 5432, valkey: 6379 }

const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })

/** What this machine lacks to cut its network; undefined: nothing. */
export function lacksLinks(): string | undefined {
  const name = `assay-try-${process.pid}`
  try {
    run('ip', 'netns', 'add', name)
  } catch {
    return 'network namespaces need root and iproute2'
  }
  try {
    run('ip', 'netns', 'exec', name, 'iptables', '-w', '-A', 'INPUT', '-j', 'DROP')
    return undefined
  } catch {
    return 'iptables is not installed, or may not drop packets'
  } finally {
    run('ip', 'netns', 'delete', name)
  }
}

/** One of the 32,768 networks of four addresses in 198.18.0.0/15, so that each process has its own. */
function networkOf(pid: number): (host: number) => string {
  const first = (pid % 2 ** 15) * 4
  return (host) => `198.${18 + (first >> 16)}.${(first >> 8) % 256}.${(first % 256) + host}`
}

/** Moves the stores to the far end of a pair of virtual Ethernet devices (in 198.18.0.0/15, which is reserved for tests). */
export async function openLink(postgres: PrivatePostgres, valkey: PrivateValkey): Promise<Link> {
  const name = `assay-${process.pid}`
  const [near, far] = [`asn${process.pid}`, `asf${process.pid}`]
  const network = networkOf(process.pid)
  const within = (...args: readonly string[]) => run('ip', 'netns', 'exec', name, ...args)
  run('ip', 'netns', 'add', name)
  run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name)
  run('ip', 'address', 'add', `${network(1)}/30`, 'dev', near)
  run('ip', 'link', 'set', near, 'up')
  within('ip', 'address', 'add', `${network(2)}/30`, 'dev', far)
  within('ip', 'link', 'set', far, 'up')
  const host = network(2)
  const config: LinkConfig = {
    host,
    servers: [
      { port: ports.postgres, path: postgres.socket },
      { port: ports.valkey, path: valkey.socket },
    ],
  }
  const relays = fork(new URL('./link.process.js', import.meta.url).pathname, [JSON.stringify(config)], {
    execPath: 'ip',
    execArgv: ['netns', 'exec', name, process.execPath],
  })
  const ended = once(relays, 'exit')
  await Promise.race([
    once(relays, 'message'),
    ended.then(() => {
      throw new Error('nothing listens at the far end of the link')
    }),
  ])
  const { pathname, username } = new URL(postgres.connectionString)
  return {
    urls: {
      postgres: `postgresql://${username}@${host}:${ports.postgres}${pathname}`,
      valkey: `valkey://${host}:${ports.valkey}`,
    },
    cut(store, direction) {
      const port = String(ports[store])
      const packets = direction === 'to' ? ['INPUT', '--dport'] : ['OUTPUT', '--sport']
      const [chain, end] = packets as [string, string]
      within('iptables', '-w', '-A', chain, '-p', 'tcp', end, port, '-j', 'DROP')
    },
    mend: () => void within('iptables', '-w', '-F'),
    async close() {
      relays.kill('SIGKILL')
      await ended
      // Removing it removes its device, and the other end of the pair.
      run('ip', 'netns', 'delete', name)
    },
  }
}
