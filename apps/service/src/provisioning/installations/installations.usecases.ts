import type {
  AllowEntry,
  App,
  Forgotten,
  Installation,
  InstallationQuery,
  LetThroughInput,
  ListedInstallation,
} from '@assay/protocol/schemas'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import type { AllowStore, AppStore } from '../model/ports.ts'
import { findInstallations, listedOf, type FindDependencies } from './find-installation.ts'
import { letThrough, type LetThroughDependencies } from './let-through.ts'
import {
  allowedOf,
  bansOf,
  namesOf,
  showInstallation,
  type Names,
  type ShowDependencies,
} from './show-installation.ts'
import type { KnownInstallationStore } from './ports.ts'

interface InstallationDependencies extends FindDependencies, ShowDependencies, LetThroughDependencies {
  known: KnownInstallationStore
  entries: Pick<AllowStore, 'letThrough' | 'remove'>
  apps: Pick<AppStore, 'find'>
  registrations: Pick<Registrations, 'changed'>
  /** The rank of an installation among the samples of claims. */
  rankOf: (app: string, key: string) => number
  /** Called before an installation is forgotten: what this node still holds of it is written or dropped. */
  beforeForget: (app: string, key: string) => Promise<void>
  /** Writes the traces and references that this node still holds. */
  flush: () => Promise<void>
}

export type InstallationUseCases = ReturnType<typeof createInstallationUseCases>

/** Installations as operators and support see them. */
export function createInstallationUseCases(dependencies: InstallationDependencies) {
  const { apps, known, installations, entries, registrations, rankOf, beforeForget, flush, clock } =
    dependencies
  const existing = async (id: string): Promise<App> => {
    const app = await apps.find(id)
    if (app === undefined) throw new ProblemError('app_not_found')
    return app
  }
  const bansNow = async (app: string, key: string) => {
    const [names, remembered] = await Promise.all([
      namesOf(app, key, dependencies),
      installations.find(app, key),
    ])
    const { vouchingKey } = remembered ?? {}
    return { names, bans: await bansOf(app, { key, names, vouchingKey }, dependencies) }
  }
  /** One act each: the audit log says which entries of the allow list stand. Those of support name a tier. */
  const removeAllowed = async (app: string, names: Names, ofSupport: boolean): Promise<number> => {
    const all = await allowedOf(app, names, dependencies)
    let removed = 0
    for (const entry of all.filter(({ tier }) => tier !== null || !ofSupport))
      if ((await entries.remove(entry)) !== undefined) removed += 1
    registrations.changed({ allowed: app })
    return removed
  }
  return {
    /** Those that are remembered, in order of key. */
    async list(app: string, page: Page) {
      await existing(app)
      return pageOf(
        'installations',
        page,
        async (requested) => (await known.list(app, requested)).map((one) => listedOf(app, one, null)),
        ({ key }) => key,
      )
    },
    async find(app: string, query: InstallationQuery): Promise<{ installations: ListedInstallation[] }> {
      const { references } = await existing(app)
      // What is not yet removed, since they were turned off, finds nobody.
      if (query.reference !== undefined && !references) throw new ProblemError('installation_not_found')
      await flush()
      return { installations: await findInstallations(app, query, dependencies) }
    },
    async show(app: string, key: string): Promise<Installation> {
      const registered = await existing(app)
      await flush()
      return showInstallation(registered, key, dependencies)
    },
    /** The names that the tokens of the app's APIs have for an installation. */
    names: (app: string, key: string) => namesOf(app, key, dependencies),
    /**
     * Removes what is kept of an installation, but for bans and limits: else forgetting would lift a ban. It may be in
     * the middle of an exchange, which then ends as if it had come before, or has to enrol. Support leaves the entries of
     * the allow list that operators made.
     */
    async forget(app: string, key: string, { ofSupport }: { ofSupport: boolean }): Promise<Forgotten> {
      await existing(app)
      await beforeForget(app, key)
      await flush()
      const { names, bans } = await bansNow(app, key)
      const traces = await known.forgetTraces(app, key)
      const allowed = await removeAllowed(app, names, ofSupport)
      const rank = rankOf(app, key)
      const now = clock()
      const { enrolments, ...removed } = await known.forget({ app, key, rank, traces, allowed, now })
      if (traces + allowed + removed.installations + removed.samples === 0)
        throw new ProblemError('installation_not_found')
      return { removed: { ...removed, traces, allowed }, remain: { bans: bans.length, enrolments } }
    },
    async letThrough(app: string, key: string, input: LetThroughInput): Promise<AllowEntry> {
      const registered = await existing(app)
      await flush()
      const { bans } = await bansNow(app, key)
      const entry = await letThrough(registered, key, input, bans.length > 0, dependencies)
      registrations.changed({ allowed: app })
      return entry
    },
  }
}
