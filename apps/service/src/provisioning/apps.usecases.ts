import { sdkDescriptions } from '@assay/measurement'
import { defaultProbes, type App, type AppInput, type PlayIntegrityKeysInput } from '@assay/protocol'
import type { RegisteredFacts } from '../attestation/registrations/registered-facts.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { PolicyUseCases } from './policies.usecases.ts'
import type { Clock } from '../system/ports.ts'
import type { AppPatch, AppStore, SecretStore } from './ports.ts'
import { checkEvidence, checkIdentity } from './other-platform.ts'

interface AppDependencies {
  apps: AppStore
  facts: Pick<RegisteredFacts, 'changed'>
  clock: Clock
  /** Told of each app that is new: builds of it come next. */
  onAdded: () => void
  policies: Pick<PolicyUseCases, 'mustExist'>
  /** Keys of classic Play Integrity requests, sealed. */
  secrets: SecretStore
  /** Whether the texts are keys as the Play Console gives them out. */
  arePlayIntegrityKeys: (keys: PlayIntegrityKeysInput) => boolean
}

export type AppUseCases = ReturnType<typeof createAppUseCases>

/** Apps that may attest. */
export function createAppUseCases(dependencies: AppDependencies) {
  const { apps, facts, clock, onAdded, policies, secrets } = dependencies
  return {
    async add(input: Asked<AppInput>): Promise<App> {
      const app: App = {
        id: input.id,
        platform: input.platform,
        name: input.name ?? input.id,
        package: input.package ?? input.id,
        signers: [...(input.signers ?? [])].sort(),
        min_version_code: input.min_version_code ?? 0,
        probes: knownProbes(input.probes ?? defaultProbes[input.platform]),
        evidence: input.evidence ?? {},
        policy: input.policy ?? null,
        created_at: new Date(clock()).toISOString(),
      }
      checkIdentity(app.platform, input)
      checkEvidence(app.platform, app.evidence)
      await policies.mustExist(app.policy)
      if ((await apps.insert(app)) === 'exists') throw new ProblemError('app_exists')
      facts.changed()
      onAdded()
      return app
    },
    list: () => apps.list(),
    async get(id: string): Promise<App> {
      return found(await apps.find(id))
    },
    async update(id: string, patch: AppPatch): Promise<App> {
      const probes = patch.probes === undefined ? undefined : knownProbes(patch.probes)
      const { platform } = found(await apps.find(id))
      checkIdentity(platform, patch)
      checkEvidence(platform, patch.evidence ?? {})
      await policies.mustExist(patch.policy)
      const app = found(await apps.update(id, { ...patch, probes }))
      facts.changed()
      return app
    },
    async remove(id: string): Promise<void> {
      if (!(await apps.remove(id))) throw new ProblemError('app_not_found')
      await secrets.remove(playIntegrityKeysOf(id))
      facts.changed()
    },
    /** Keeps the app's keys of classic Play Integrity requests. They are never read back out of the service. */
    async putPlayIntegrityKeys(id: string, input: PlayIntegrityKeysInput): Promise<void> {
      found(await apps.find(id))
      if (!dependencies.arePlayIntegrityKeys(input)) {
        throw new ProblemError('request_invalid', {
          errors: [{ pointer: '', code: 'not_play_integrity_keys' }],
        })
      }
      await secrets.put(playIntegrityKeysOf(id), Buffer.from(JSON.stringify(input)))
    },
  }
}

/** Name of the secret that holds an app's keys of classic Play Integrity requests. */
export function playIntegrityKeysOf(app: string): string {
  return `play-integrity-keys:${app}`
}

const declared = new Set(Object.values(sdkDescriptions).flatMap(({ probes }) => probes))

/** In one order. @throws ProblemError for a probe that no SDK has: nobody would learn that it is never asked */
function knownProbes(probes: readonly string[]): string[] {
  const errors = probes.flatMap((probe, i) =>
    declared.has(probe) ? [] : [{ pointer: `/probes/${i}`, code: 'unknown_probe' }],
  )
  if (errors.length > 0) throw new ProblemError('request_invalid', { errors })
  return [...probes].sort()
}

/** Input as a schema gives it: a member that is not there may also be undefined. */
export type Asked<T> = { [Name in keyof T]: undefined extends T[Name] ? T[Name] | undefined : T[Name] }

function found(app: App | undefined): App {
  if (app === undefined) throw new ProblemError('app_not_found')
  return app
}
