import type { Api, App } from '@assay/protocol'
import type { BuildSummary } from '../ports.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Registrations } from './registrations.ts'

/** A request that agrees with what is registered. */
export interface Admitted {
  app: App
  build: BuildSummary
  /** In the requested order, each once: an audience that is named eight times gets one token. */
  apis: Api[]
}

/**
 * Whether this app, in this build, may request tokens for these audiences. Everything else about app and build comes
 * from the registration, never from the caller.
 *
 * @throws ProblemError with the code of the first fact that does not hold
 */
export async function admitRegistered(
  registrations: Pick<Registrations, 'find'>,
  asked: { app: string; build: string; audiences: readonly string[] },
): Promise<Admitted> {
  const found = await registrations.find(asked.app)
  if (found === undefined) throw new ProblemError('app_not_registered')
  const build = found.builds.get(asked.build)
  if (build === undefined || build.state === 'pending') throw new ProblemError('build_not_registered')
  if (build.state === 'retired') throw new ProblemError('build_retired')
  if (build.version_code < found.app.min_version_code) throw new ProblemError('build_below_minimum')
  const apis = [...new Set(asked.audiences)].map((audience) => {
    const api = found.apis.get(audience)
    if (api === undefined) throw new ProblemError('audience_not_registered')
    return api
  })
  return { app: found.app, build, apis }
}
