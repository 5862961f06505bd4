import type {
  AttestationTrace,
  BuildSummary,
  InstallationQuery,
  ListedInstallation,
  SearchInput,
  SearchResult,
} from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import { candidatesIn } from './candidates.ts'

/** Installations and builds that one answer lists. */
const mostFound = 20
/** Apps that one search looks through. */
const mostApps = 100

export interface SearchDependencies {
  apps: () => Promise<readonly { id: string; references: boolean }[]>
  /** APIs that name an app. */
  audiencesOf: (app: string) => Promise<readonly string[]>
  findTrace: (trace: string) => Promise<AttestationTrace | undefined>
  /** @throws ProblemError `installation_not_found` */
  findInstallations: (app: string, query: InstallationQuery) => Promise<readonly ListedInstallation[]>
  findBuild: (app: string, id: string) => Promise<BuildSummary | undefined>
}

export type SearchUseCases = ReturnType<typeof createSearchUseCases>

/** One search for all that an operator or support may have in hand, by the look-ups that each has. */
export function createSearchUseCases(dependencies: SearchDependencies) {
  const { apps, audiencesOf, findTrace, findInstallations, findBuild } = dependencies
  const installationsOf = async (
    app: string,
    query: InstallationQuery,
  ): Promise<readonly ListedInstallation[]> => {
    try {
      return await findInstallations(app, query)
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'installation_not_found') return []
      throw error
    }
  }
  return {
    /** @param seen apps that the caller may see; undefined: all */
    async search({ text, app }: SearchInput, seen: readonly string[] | undefined): Promise<SearchResult> {
      const all = (await apps()).filter(
        ({ id }) => (seen === undefined || seen.includes(id)) && (app === undefined || id === app),
      )
      const within = all.slice(0, mostApps)
      const { traces, thumbprints, builds, references } = candidatesIn(text)
      const found = (await Promise.all(traces.map(findTrace))).filter(
        (trace): trace is AttestationTrace => trace !== undefined && all.some(({ id }) => id === trace.app),
      )
      const installations: ListedInstallation[] = []
      const named: SearchResult['builds'] = []
      // One after the other: a search waits, and devices do not.
      for (const { id, references: hasReferences } of within) {
        const audiences = thumbprints.length === 0 ? [] : await audiencesOf(id)
        const queries: InstallationQuery[] = [
          ...thumbprints.flatMap((thumbprint) => [
            { key: thumbprint },
            ...audiences.map((audience) => ({ audience, installation: thumbprint })),
          ]),
          ...(hasReferences ? references.map((reference) => ({ reference })) : []),
        ]
        for (const query of queries)
          for (const one of await installationsOf(id, query))
            if (!installations.some(({ app: other, key }) => other === one.app && key === one.key))
              installations.push(one)
        for (const build of builds) {
          const one = await findBuild(id, build)
          if (one === undefined) continue
          const { app: of, state, version_code, version_name } = one
          named.push({ app: of, id: build, state, version_code, version_name })
        }
      }
      return {
        traces: found.map(({ segments: _, ear: __, device: ___, refused: ____, ...listed }) => listed),
        installations: installations.slice(0, mostFound),
        builds: named.slice(0, mostFound),
        truncated: within.length < all.length,
      }
    },
  }
}
