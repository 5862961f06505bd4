import { sdkDescriptions } from '@assay/measurement'
import { defaultProbes, type App, type AppInput } from '@assay/protocol'
import type { RegisteredFacts } from '../facts/registered-facts.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { Clock } from '../ports.ts'
import type { AppPatch, AppRepository } from './apps.repository.ts'

interface AppDependencies {
  apps: AppRepository
  facts: Pick<RegisteredFacts, 'changed'>
  clock: Clock
  /** Told of each app that is new: builds of it come next. */
  onAdded: () => void
}

export type AppUseCases = ReturnType<typeof createAppUseCases>

/** Apps that may attest. */
export function createAppUseCases({ apps, facts, clock, onAdded }: AppDependencies) {
  return {
    async add(input: Asked<AppInput>): Promise<App> {
      const app: App = {
        id: input.id,
        platform: input.platform,
        name: input.name ?? input.id,
        package: input.package ?? input.id,
        signers: [...(input.signers ?? [])].sort(),
        min_version_code: input.min_version_code ?? 0,
        probes: knownProbes(input.probes ?? defaultProbes),
        created_at: new Date(clock()).toISOString(),
      }
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
      const app = found(await apps.update(id, { ...patch, probes }))
      facts.changed()
      return app
    },
    async remove(id: string): Promise<void> {
      if (!(await apps.remove(id))) throw new ProblemError('app_not_found')
      facts.changed()
    },
  }
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
