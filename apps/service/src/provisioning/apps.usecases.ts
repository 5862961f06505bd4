import { sdkDescriptions } from '@assay/measurement'
import type { SchemeSecret, SchemeSettings } from '@assay/evidence'
import { defaultProbes } from '@assay/protocol'
import { appDefaults, type App, type AppInput, type AppPatch } from '@assay/protocol/schemas'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { Clock } from '../system/ports.ts'
import type { AppStore, SecretStore } from './model/ports.ts'
import { expectedSince, checkEvidence, checkIdentity, checkRemedies } from './app-settings.ts'
import { stated } from './stated.ts'

interface AppDependencies {
  apps: AppStore
  /** What is remembered about its installations, which nobody needs once the app is gone. */
  installations: { forgetOf(app: string): Promise<void> }
  /** Forgets what an app called its users. */
  forgetReferences: (app: string) => Promise<void>
  registrations: Pick<Registrations, 'changed'>
  clock: Clock
  /** Called for each new app: its builds come next. */
  onAdded: (app: App) => void
  /** App secrets that schemes of evidence need, sealed. */
  secrets: SecretStore
  /** The settings of the schemes of evidence that the service accepts. */
  evidence: readonly SchemeSettings[]
}

export type AppUseCases = ReturnType<typeof createAppUseCases>

/** Apps that may attest. */
export function createAppUseCases(dependencies: AppDependencies) {
  const { apps, installations, registrations, clock, onAdded, secrets } = dependencies
  return {
    async add(input: AppInput): Promise<App> {
      checkProbes(input.probes)
      const app: App = {
        ...appDefaults,
        name: input.id,
        package: input.id,
        probes: [...defaultProbes[input.platform]],
        ...inOrder(stated(input)),
        evidence_since: {},
        created_at: new Date(clock()).toISOString(),
      }
      checkIdentity(app.platform, input)
      checkRemedies(app.platform, input)
      checkEvidence(app.platform, app, dependencies.evidence)
      const added = { ...app, evidence_since: expectedSince(app, clock()) }
      const inserted = await apps.insert(added)
      if (inserted === 'exists') throw new ProblemError('app_exists')
      if (inserted === 'policy_not_found') throw new ProblemError(inserted)
      registrations.changed({ app: app.id })
      onAdded(added)
      return added
    },
    list: (page: Page) =>
      pageOf(
        'apps',
        page,
        (requested) => apps.list(requested),
        ({ id }) => id,
      ),
    async get(id: string): Promise<App> {
      return found(await apps.find(id))
    },
    async update(id: string, patch: AppPatch): Promise<App> {
      checkProbes(patch.probes)
      const { platform } = found(await apps.find(id))
      checkIdentity(platform, patch)
      checkRemedies(platform, patch)
      checkEvidence(platform, patch, dependencies.evidence)
      const updated = await apps.update(id, inOrder(stated(patch)), clock())
      if (updated === 'policy_not_found') throw new ProblemError(updated)
      const app = found(updated)
      registrations.changed({ app: id })
      // Once no exchange of this node keeps any more.
      if (patch.references === false) await dependencies.forgetReferences(id)
      return app
    },
    async remove(id: string): Promise<void> {
      found(await apps.find(id))
      // Removed before the app, and a few at a time: together with it, all of them would go in one statement, for which
      // everyone would wait.
      await installations.forgetOf(id)
      if (!(await apps.remove(id))) throw new ProblemError('app_not_found')
      // Removed with its builds, and from the lists of APIs. It must be gone at once, even if one of its secrets cannot
      // be removed.
      registrations.changed()
      for (const { secret } of dependencies.evidence)
        if (secret !== undefined) await secrets.remove(secretOf(id, secret.name))
    },
    /** Stores a secret of the app that a scheme needs. The service never gives it out again. */
    async putSecret(id: string, secret: SchemeSecret, value: unknown): Promise<void> {
      found(await apps.find(id))
      if (!secret.isUsable(value)) {
        const code = `not_${secret.name.replaceAll('-', '_')}`
        throw new ProblemError('request_invalid', { errors: [{ pointer: '', code }] })
      }
      await secrets.put(secretOf(id, secret.name), Buffer.from(JSON.stringify(value)))
    },
  }
}

/** The name under which the store has a secret of an app. */
export function secretOf(app: string, name: string): string {
  return `${name}:${app}`
}

const declared = new Set(Object.values(sdkDescriptions).flatMap(({ probes }) => probes))

/** @throws ProblemError for a probe that no SDK has: nobody would notice that it is never asked */
function checkProbes(probes: readonly string[] = []): void {
  const errors = probes.flatMap((probe, i) =>
    declared.has(probe) ? [] : [{ pointer: `/probes/${i}`, code: 'unknown_probe' }],
  )
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
}

/** An app's lists are sets, which are stored and returned in order. */
function inOrder<T extends object>(settings: T): T {
  const members = Object.entries(settings).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? value.toSorted() : value,
  ])
  return Object.fromEntries(members) as T
}

function found(app: App | undefined): App {
  if (app === undefined) throw new ProblemError('app_not_found')
  return app
}
