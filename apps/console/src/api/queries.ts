import { queryOptions } from '@tanstack/react-query'
import type {
  AllowEntry,
  Api,
  App,
  AppActivity,
  Ban,
  Build,
  BuildSummary,
  BuildActivity,
  ListedApiKey,
  ListedAuditEntry,
  PolicyChanges,
  SearchResult,
  ServiceStatus,
  ShownTrace,
  StoredPolicy,
} from '@assay/protocol/schemas'
import { readBuildCounts, readExpiring, readTraceRecord } from '@assay/cli/explain'
import { ApiProblem, ask, call, listAll, segment } from './client.ts'

export type Activity = AppActivity & { builds: readonly BuildActivity[] }

const ofApp = (app: string) => `v1/apps/${segment(app)}`

/**
 * Forms stand within what shows these: they keep what is typed only as long as this is known, and somebody may sign in
 * again the day after.
 */
const lasting = { gcTime: Infinity }

export const serviceQuery = queryOptions({
  queryKey: ['service'],
  queryFn: ({ signal }) => call<ServiceStatus>('GET', 'v1/service', { signal }),
})

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: ({ signal }) => listAll<App>('v1/apps', 'apps', { signal }),
  ...lasting,
})

export const apisQuery = queryOptions({
  queryKey: ['apis'],
  queryFn: ({ signal }) => listAll<Api>('v1/apis', 'apis', { signal }),
})

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => listAll<StoredPolicy>('v1/policies', 'policies', { signal }),
  ...lasting,
})

const ofPolicy = (id: string) => `v1/policies/${segment(id)}`

export const policyVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', id, 'versions'],
    queryFn: ({ signal }) => listAll<StoredPolicy>(`${ofPolicy(id)}/versions`, 'versions', { signal }),
  })

export const policyChangesQuery = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['policies', id, 'compare', from, to],
    queryFn: ({ signal }) =>
      call<PolicyChanges>('GET', `${ofPolicy(id)}/compare?from=${from}&to=${to}`, { signal }),
  })

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => listAll<ListedApiKey>('v1/keys', 'keys', { signal }),
})

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app],
    queryFn: ({ signal }) => call<App>('GET', ofApp(app), { signal }),
  })

export const buildsQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'builds'],
    queryFn: ({ signal }) => listAll<BuildSummary>(`${ofApp(app)}/builds`, 'builds', { signal }),
  })

export const buildQuery = (app: string, build: string) =>
  queryOptions({
    queryKey: ['apps', app, 'build', build],
    queryFn: ({ signal }) => call<Build>('GET', `${ofApp(app)}/builds/${segment(build)}`, { signal }),
  })

/** What was done to a build, the newest first. */
export const buildHistoryQuery = (app: string, build: string) =>
  queryOptions({
    queryKey: ['apps', app, 'build', build, 'history'],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ object: `${app}/${build}`, limit: '100' })
      const { entries } = await call<{ entries: ListedAuditEntry[] }>('GET', `v1/audit?${query.toString()}`, {
        signal,
      })
      return entries
    },
  })

/** How attestations of each build ended since it was registered, by ABI and variant. */
export const buildCountsQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'builds', 'counts'],
    queryFn: async ({ signal }) =>
      readBuildCounts(
        (path) => call('GET', path, { signal }),
        app,
        await listAll<BuildSummary>(`${ofApp(app)}/builds`, 'builds', { signal }),
        Date.now(),
      ),
  })

/** Those that expire soon. */
export const expiringQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'builds', 'expiring'],
    queryFn: async ({ signal }) =>
      readExpiring(
        (path) => call('GET', path, { signal }),
        await listAll<BuildSummary>(`${ofApp(app)}/builds`, 'builds', { signal }),
        Date.now(),
      ),
  })

export const bansQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'bans'],
    queryFn: ({ signal }) => listAll<Ban>(`${ofApp(app)}/bans`, 'bans', { signal }),
  })

/** Test devices that get tokens although the policy refuses them; there are few. */
export const allowQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'allow'],
    queryFn: async ({ signal }) =>
      (await call<{ entries: AllowEntry[] }>('GET', `${ofApp(app)}/allow`, { signal })).entries,
  })

/** @param days 1 to 30 */
export const activityQuery = (app: string, days = 7) =>
  queryOptions({
    queryKey: ['apps', app, 'activity', days],
    queryFn: async ({ signal }): Promise<Activity> => ({
      ...(await call<AppActivity>('GET', `${ofApp(app)}/activity?days=${days}`, { signal })),
      builds: await listAll<BuildActivity>(`${ofApp(app)}/activity/builds`, 'builds', { signal }),
    }),
  })

/** Finds what a text names, with words around it. */
export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: () => ask<SearchResult>('v1/search', { text }),
  })

/** What `assay doctor TRACE` reads; parts that have been removed since are undefined. */
export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['trace', id],
    queryFn: async ({ signal }) =>
      readTraceRecord(
        {
          get: (path) => call('GET', path, { signal }),
          list: (path, member) => listAll(path, member, { signal }),
        },
        await call<ShownTrace>('GET', `v1/attestations/${segment(id)}`, { signal }),
        (error) => error instanceof ApiProblem && error.code.endsWith('_not_found'),
      ),
  })
