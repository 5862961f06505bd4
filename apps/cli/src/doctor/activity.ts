import type { AppActivity, BuildActivity, RefusalCount } from '@assay/protocol/schemas'
import type { ServiceClient } from '../service-client/service-client.ts'

/** The outcomes of an app's recent attestations, and when each of its builds last passed. */
export type Activity = AppActivity & { readonly builds: readonly BuildActivity[] }

/** @param app as registered */
export async function readActivity(service: ServiceClient, app: string): Promise<Activity> {
  const path = `v1/apps/${encodeURIComponent(app)}/activity`
  const activity = (await service.get(path)) as AppActivity
  return { ...activity, builds: await service.list<BuildActivity>(`${path}/builds`, 'builds') }
}

/** Refusals of a build, the most frequent first. */
export function refusalsOf(refusals: readonly RefusalCount[], id: string): RefusalCount[] {
  return refusals
    .filter(({ build, outcome }) => build === id && outcome === 'denied')
    .sort((one, other) => other.count - one.count)
}
