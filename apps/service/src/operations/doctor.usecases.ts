import { setImmediate } from 'node:timers/promises'
import type { ApiKey, App, AppEvidence, Platform, SettingsRemark } from '@assay/protocol'
import type { logLevels } from '@assay/protocol/schemas'
import type { SchemeSettings } from '@assay/evidence'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { Health } from './health.ts'
import type { ActivityStore, EvidenceKinds, InstallationCount, RefusalCount } from './ports.ts'

export type LogLevel = (typeof logLevels)[number]

/** How the service was started, as far as an operator needs to know to judge whether it is safe. */
export interface ServiceSettings {
  /** Of the release that runs. */
  version: string
  /** The issuer of its tokens. */
  public_url: string
  /** Address that it listens on. */
  host: string
  store: 'sqlite' | 'postgres'
  /** Seconds for which one plan is used for a build. */
  epoch_length: number
  log_level: LogLevel
  trusted_proxies: string[]
  /** Whether it trusts the roots of a test world in addition to those of Apple and Google. */
  test_vendors: boolean
  /** Whether it has a Google service account, which is needed for tokens that only Google decodes. */
  google_credentials: boolean
}

/** Answer to `GET /v1/service`. */
export interface ServiceStatus extends ServiceSettings {
  /** RFC 3339. */
  started_at: string
  /** RFC 3339, by the service's clock. */
  server_time: string
  health: Health
  /** The key that asked. */
  api_key: Pick<ApiKey, 'id' | 'name' | 'scope'>
}

/** Answer to `GET /v1/apps/{app}/activity`. */
export interface AppActivity {
  app: string
  /** RFC 3339: since when refusals are counted. */
  since: string
  refusals: RefusalCount[]
  /**
   * Installations seen since then. At their next enrolment they cannot show what they lack, unless nobody has asked
   * them for it.
   */
  installations: InstallationCount
  /** The kinds of evidence that it may send, and remarks about their settings. */
  evidence: { name: string; remarks: readonly SettingsRemark[] }[]
}

interface DoctorDependencies {
  apps: { find(id: string): Promise<Pick<App, 'evidence' | 'platform'> | undefined> }
  evidence: readonly SchemeSettings[]
  activity: ActivityStore
  /** What apps of a platform can be registered for. */
  kindsOf: (platform: Platform) => EvidenceKinds
  /** Called for each request: the public URL is known only once the service listens. */
  settings: () => ServiceSettings
  health: () => Promise<Health>
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
