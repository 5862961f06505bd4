import { setImmediate } from 'node:timers/promises'
import type { AppEvidence, Platform } from '@assay/protocol'
import type { ApiKey, App, AppActivity, ServiceSettings, ServiceStatus } from '@assay/protocol/schemas'
import type { SchemeSettings } from '@assay/evidence'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { ActivityStore, EvidenceKinds } from './ports.ts'

interface DoctorDependencies {
  apps: { find(id: string): Promise<Pick<App, 'evidence' | 'platform'> | undefined> }
  evidence: readonly SchemeSettings[]
  activity: ActivityStore
  /** What apps of a platform can be registered for. */
  kindsOf: (platform: Platform) => EvidenceKinds
  /** Called for each request: the public URL is known only once the service listens. */
  settings: () => ServiceSettings
  health: () => Promise<ServiceStatus['health']>
  clock: Clock
}

const day = 24 * 3_600_000

export type DoctorUseCases = ReturnType<typeof createDoctorUseCases>

/** What `assay doctor` asks the running service. It changes nothing. */
export function createDoctorUseCases({
  apps,
  evidence,
  activity,
  kindsOf,
  settings,
  health,
  clock,
}: DoctorDependencies) {
  const startedAt = new Date(clock()).toISOString()
  // Settings were checked when they were registered.
  const remarked = (registered: AppEvidence) =>
    evidence
      .filter(({ name }) => Object.hasOwn(registered, name))
      .map((kind) => ({ name: kind.name, remarks: kind.remarks?.(registered[kind.name]) ?? [] }))
  const findApp = async (id: string) => {
    const app = await apps.find(id)
    if (app === undefined) throw new ProblemError('app_not_found')
    return app
  }
  return {
    async status({ id, name, scope }: ApiKey): Promise<ServiceStatus> {
      return {
        ...settings(),
        started_at: startedAt,
        server_time: new Date(clock()).toISOString(),
        health: await health(),
        api_key: { id, name, scope },
      }
    },
    async activity(app: string, days: number): Promise<AppActivity> {
      const registered = await findApp(app)
      const since = new Date(clock() - days * day)
      const refusals = await activity.countRefusals(app, since)
      // Storage may work on the calling thread: others get their turn between the two.
      await setImmediate()
      const installations = await activity.countInstallations(app, since, kindsOf(registered.platform))
      return {
        app,
        since: since.toISOString(),
        refusals,
        evidence: remarked(registered.evidence),
        installations,
      }
    },
    async builds(app: string, page: Page) {
      await findApp(app)
      return pageOf(
        'builds',
        page,
        (requested) => activity.buildsSeen(app, requested),
        ({ build }) => build,
      )
    },
  }
}
