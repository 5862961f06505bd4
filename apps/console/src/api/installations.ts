import { queryOptions } from '@tanstack/react-query'
import type { Installation, ListedInstallation } from '@assay/protocol/schemas'
import { call, listAll, segment } from './client.ts'

const ofApp = (app: string) => `v1/apps/${segment(app)}/installations`
const installationPath = (app: string, key: string): string => `${ofApp(app)}/${segment(key)}`

/** Those whose evidence is remembered. */
export const installationsQuery = (app: string) =>
  queryOptions({
    queryKey: ['apps', app, 'installations'],
    queryFn: ({ signal }) => listAll<ListedInstallation>(ofApp(app), 'installations', { signal }),
  })

export const installationQuery = (app: string, key: string) =>
  queryOptions({
    queryKey: ['apps', app, 'installations', key],
    queryFn: ({ signal }) => call<Installation>('GET', installationPath(app, key), { signal }),
  })
