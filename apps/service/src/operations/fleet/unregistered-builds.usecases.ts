import type { App, BuildSummary, UnregisteredBuilds } from '@assay/protocol/schemas'

/** Networks that one stranger rarely has, and the devices of a release soon have. */
const atLeast = 20
/** Builds in one answer. */
const mostListed = 100

interface UnregisteredBuildDependencies {
  counted: {
    /** Builds that are not registered, or were not when they were named, by the number of their networks. */
    list(): readonly { app: string; build: string; networks: number }[]
    /** How long a network counts. */
    minutes: number
  }
  registrations: {
    findApp(id: string): Promise<Pick<App, 'id'> | undefined>
    findBuild(app: string, id: string): Promise<Pick<BuildSummary, 'state'> | undefined>
  }
  /** Nodes that serve. */
  nodes: () => number
}

export type UnregisteredBuildUseCases = ReturnType<typeof createUnregisteredBuildUseCases>

/** Names the builds that many devices have and nobody has registered, the commonest mistake of a release. */
export function createUnregisteredBuildUseCases({
  counted,
  registrations,
  nodes,
}: UnregisteredBuildDependencies) {
  /** Undefined if it was registered in the meantime, or its app removed. */
  const isPending = async (app: string, build: string): Promise<boolean | undefined> => {
    if ((await registrations.findApp(app)) === undefined) return undefined
    const registered = await registrations.findBuild(app, build)
    if (registered === undefined) return false
    return registered.state === 'pending' ? true : undefined
  }
  return {
    /** As this node sees it. */
    async list(): Promise<UnregisteredBuilds> {
      const many = counted
        .list()
        .filter(({ networks }) => networks >= atLeast)
        .slice(0, mostListed)
      const builds: UnregisteredBuilds['builds'] = []
      for (const named of many) {
        const pending = await isPending(named.app, named.build)
        if (pending !== undefined) builds.push({ ...named, pending })
      }
      return { builds, minutes: counted.minutes, at_least: atLeast, nodes: Math.max(1, nodes()) }
    },
  }
}
