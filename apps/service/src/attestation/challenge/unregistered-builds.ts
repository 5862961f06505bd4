import type { Clock } from '../../system/ports.ts'

/** Minutes for which a network counts after it last named the build. */
const minutes = 30
/** What is remembered at most; the networks of a build are counted no further. */
const most = { apps: 50, builds: 50, networks: 50 }
/** Builds that one network alone may hold remembered: it must not push out those that others name. */
const mostOfOneNetwork = 3

/** Networks that name the build, and when each did so last: the oldest first. */
type Networks = Map<string, number>

/**
 * Counts the distinct networks (/24, /48) that name an unregistered build of a registered app: many devices do so after a
 * release that nobody registered, and a stranger alone cannot. Memory is bounded; each node counts what it sees.
 */
export function createUnregisteredBuilds(clock: Clock) {
  const apps = new Map<string, Map<string, Networks>>()
  const live = (networks: Networks) => {
    const since = clock() - minutes * 60_000
    return [...networks.values()].filter((at) => at > since).length
  }
  const makeSpace = (builds: Map<string, Networks>, network: string) => {
    const alone = [...builds].filter(([, networks]) => networks.size === 1 && networks.has(network))
    const [first] = alone
    if (alone.length >= mostOfOneNetwork && first !== undefined) builds.delete(first[0])
    if (builds.size < most.builds) return
    const fewest = [...builds].reduce((one, other) => (live(other[1]) < live(one[1]) ? other : one))
    builds.delete(fewest[0])
  }
  return {
    minutes,
    named(app: string, build: string, network: string): void {
      const builds = apps.get(app) ?? new Map<string, Networks>()
      // The app that was named last stays longest.
      apps.delete(app)
      apps.set(app, builds)
      if (apps.size > most.apps) apps.delete(apps.keys().next().value as string)
      if (!builds.has(build)) makeSpace(builds, network)
      const networks = builds.get(build) ?? new Map<string, number>()
      builds.set(build, networks)
      networks.delete(network)
      networks.set(network, clock())
      if (networks.size > most.networks) networks.delete(networks.keys().next().value as string)
    },
    /** Builds by the number of their networks, the most first; 50 stands for more. */
    list(): { app: string; build: string; networks: number }[] {
      return [...apps]
        .flatMap(([app, builds]) => [...builds].map(([build, of]) => ({ app, build, networks: live(of) })))
        .filter(({ networks }) => networks > 0)
        .sort((one, other) => other.networks - one.networks)
    },
  }
}

export type UnregisteredBuilds = ReturnType<typeof createUnregisteredBuilds>
