import type { Clock } from '../../system/ports.ts'

/** Minutes for which a network counts after it last named the build. */
const minutes = 30
/** What is remembered at most; the networks of a build are counted no further. */
const most = { builds: 500, networks: 50 }
/** Builds, of whatever app, that one network alone may hold remembered: it must not push out those that others name. */
const mostOfOneNetwork = 3

interface NamedBuild {
  app: string
  build: string
  /** Networks that name it, and when each did so last: the oldest first. */
  networks: Map<string, number>
}

/**
 * Counts the distinct networks (/24, /48) that name an unregistered build of a registered app: many devices do so after a
 * release that nobody registered, and a stranger alone cannot. Memory is bounded; each node counts what it sees.
 */
export function createUnregisteredBuilds(clock: Clock) {
  const known = new Map<string, NamedBuild>()
  /** Forgets the networks that no longer count. Each is forgotten once, so a request pays for few of them. */
  const live = ({ networks }: NamedBuild): number => {
    const since = clock() - minutes * 60_000
    for (const [network, at] of networks) {
      if (at > since) break
      networks.delete(network)
    }
    return networks.size
  }
  const makeSpace = (network: string) => {
    const alone: string[] = []
    let fewest = { key: '', networks: Infinity }
    for (const [key, named] of known) {
      const networks = live(named)
      if (networks === 1 && named.networks.has(network)) alone.push(key)
      if (networks < fewest.networks) fewest = { key, networks }
    }
    const [first] = alone
    if (alone.length >= mostOfOneNetwork && first !== undefined) known.delete(first)
    if (known.size >= most.builds) known.delete(fewest.key)
  }
  return {
    minutes,
    named(app: string, build: string, network: string): void {
      // Ids contain no space.
      const key = `${app} ${build}`
      if (!known.has(key)) makeSpace(network)
      const named = known.get(key) ?? { app, build, networks: new Map<string, number>() }
      known.set(key, named)
      const { networks } = named
      networks.delete(network)
      networks.set(network, clock())
      if (networks.size > most.networks) networks.delete(networks.keys().next().value as string)
    },
    /** Builds by the number of their networks, the most first; 50 stands for more. */
    list(): { app: string; build: string; networks: number }[] {
      return [...known.values()]
        .map((named) => ({ app: named.app, build: named.build, networks: live(named) }))
        .filter(({ networks }) => networks > 0)
        .sort((one, other) => other.networks - one.networks)
    },
  }
}

export type UnregisteredBuilds = ReturnType<typeof createUnregisteredBuilds>
