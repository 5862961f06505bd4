import { queryOptions } from '@tanstack/react-query'
import type {
  AttestationTrace,
  Installation,
  InstallationQuery,
  ListedInstallation,
} from '@assay/protocol/schemas'
import { ApiProblem, ask, call, listAll, segment } from './client.ts'

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

/** In a body and not in an address: no log of addresses gets what the app calls its user. @throws ApiProblem */
export async function findInstallations(
  app: string,
  query: InstallationQuery,
): Promise<ListedInstallation[]> {
  const answer = await ask<{ installations: ListedInstallation[] }>(`${ofApp(app)}/find`, query)
  return answer.installations
}

/** The installation that a trace names, wherever it is registered. @throws ApiProblem */
export async function findByTrace(trace: string): Promise<ListedInstallation[]> {
  const { app, key } = await call<AttestationTrace>('GET', `v1/attestations/${segment(trace)}`)
  if (key === null)
    throw new ApiProblem(404, {
      title: 'Whoever sent this proved possession of no key: there is no device that could be named',
      code: 'installation_not_found',
    })
  return findInstallations(app, { trace })
}
