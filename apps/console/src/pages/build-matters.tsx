import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { UnregisteredBuilds } from '@assay/protocol/schemas'
import { appsQuery, buildsQuery, expiringQuery } from '../api/queries.ts'
import { unregisteredBuildsQuery } from '../api/stats.ts'
import { Time } from '../ui/time.tsx'
import type { Look, Matter } from './matter.ts'

/** Unregistered builds that are mentioned by name. */
const mostNamed = 5

/** Builds that devices of many networks have, and that nobody has registered. */
export function useUnregisteredBuilds(): Look {
  const { data, isError: failed } = useQuery(unregisteredBuildsQuery)
  return { of: 'unregistered builds', failed, matters: data === undefined ? [] : unregisteredIn(data) }
}

function unregisteredIn({ builds, minutes, nodes }: UnregisteredBuilds): Matter[] {
  // Those that are pending are mentioned as such.
  const unknown = builds.filter(({ pending }) => !pending)
  const seenBy = nodes === 1 ? '' : ` Seen by one of ${nodes} nodes; each counts for itself.`
  const named = unknown.slice(0, mostNamed).map(({ app, build, networks }): Matter => ({
    id: `unregistered ${app} ${build}`,
    tone: 'bad',
    word: 'build',
    text: (
      <>
        Build <bdi className="mono">{build}</bdi> of <span className="mono">{app}</span> is not registered,
        and devices in {networksInWords(networks)} networks named it within {minutes} minutes: they get no
        token. If you released it, register the released file.{seenBy}{' '}
        <Link to="/refusals" search={{ app, build, code: 'build_not_registered' } as object}>
          Look at them
        </Link>
      </>
    ),
  }))
  const more = unknown.length - named.length
  return more > 0 ? [...named, moreUnregistered(more)] : named
}

/** The service counts no further than 50. */
const networksInWords = (networks: number): string => (networks < 50 ? String(networks) : '50 or more')

const moreUnregistered = (count: number): Matter => ({
  id: 'more unregistered',
  tone: 'bad',
  word: 'build',
  text: (
    <>
      Devices name {count === 1 ? 'one more build that is' : `${count} more builds that are`} not registered:{' '}
      <code>assay doctor</code> lists them.
    </>
  ),
})

const inUse = (networks: number | undefined): string =>
  networks === undefined ? '' : `; until then, devices in ${networksInWords(networks)} networks get no token`

/** Apps whose builds are checked. */
export const mostApps = 20

export function usePendingBuilds(): Look {
  const apps = useQuery(appsQuery)
  const builds = useQueries({
    queries: (apps.data ?? []).slice(0, mostApps).map(({ id }) => buildsQuery(id)),
  })
  const named = useQuery(unregisteredBuildsQuery).data?.builds ?? []
  const networksOf = (app: string, build: string) =>
    named.find((one) => one.app === app && one.build === build)?.networks
  const matters = builds.flatMap(({ data = [] }) =>
    data
      .filter(({ state }) => state === 'pending')
      .map(({ app, id }): Matter => ({
        id: `pending ${app} ${id}`,
        tone: 'warn',
        word: 'build',
        text: (
          <>
            Build <span className="mono">{id}</span> of <span className="mono">{app}</span> waits for an admin
            to activate it{inUse(networksOf(app, id))}.{' '}
            <Link to="/apps/$app" params={{ app }}>
              Look at it
            </Link>
          </>
        ),
      })),
  )
  const all = apps.data?.length ?? 0
  return {
    of: 'builds',
    failed: apps.isError || builds.some(({ isError }) => isError),
    matters: all > mostApps ? [...matters, unreadBuilds(all)] : matters,
  }
}

const unreadBuilds = (apps: number): Matter => ({
  id: 'unread builds',
  tone: 'warn',
  word: 'unknown',
  text: (
    <>
      Something may be missing here: of {apps} apps, only the builds of the first {mostApps} are read.{' '}
      <Link to="/apps">Look at the others</Link>
    </>
  ),
})

/** Active builds that expire soon, with how many still use them. */
export function useExpiringBuilds(): Look {
  const apps = useQuery(appsQuery)
  const builds = useQueries({
    queries: (apps.data ?? []).slice(0, mostApps).map(({ id }) => expiringQuery(id)),
  })
  return {
    of: 'the ends of builds',
    failed: apps.isError || builds.some(({ isError }) => isError),
    matters: builds.flatMap(({ data = [] }) =>
      data.map(({ app, build, expiresAt, attestations }): Matter => ({
        id: `expiring ${app} ${build}`,
        tone: 'warn',
        word: 'build',
        text: (
          <>
            Build <span className="mono">{build}</span> of <span className="mono">{app}</span> expires{' '}
            <Time at={expiresAt} />; {attestations === 1 ? 'one attestation' : `${attestations} attestations`}{' '}
            of the last day named it. From then on its users get no tokens, unless an admin extends it:{' '}
            <code>
              assay build update {build} --app {app} --expires 90d
            </code>
          </>
        ),
      })),
    ),
  }
}
