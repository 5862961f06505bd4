import { minimumVersionCode, type TokenKind } from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { imageOfNumber, type BuildImage } from '../model/build-image.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Registrations } from './registrations.ts'

/** What admission asks for. */
export type Registered = Pick<Registrations, 'findApp' | 'findBuild' | 'findApi'>

/** A request that agrees with what is registered. */
export interface Admitted {
  app: App
  build: BuildSummary
  /** In the requested order, each once: an audience that is named eight times gets one token. */
  apis: Api[]
}

/** The same for the image that a challenge names. */
export interface AdmittedImage extends Admitted {
  build: BuildImage
}

/**
 * @param number of the variant that the challenge names @throws ProblemError `challenge_outdated` if that image has ended
 * since
 */
export function admitImage(admitted: Admitted, number: number): AdmittedImage {
  const build = imageOfNumber(admitted.build, number)
  if (build === undefined) throw new ProblemError('challenge_outdated')
  return { ...admitted, build }
}

/**
 * Whether this app, in this build, may request tokens for these audiences. Everything else about app and build comes
 * from the registration, never from the caller.
 *
 * @param now milliseconds since 1970
 * @throws ProblemError with the code of the first fact that does not hold
 */
export async function admitRegistered(
  registrations: Registered,
  asked: { app: string; build: string; audiences: readonly string[] },
  now: number,
): Promise<Admitted> {
  const app = await registrations.findApp(asked.app)
  if (app === undefined) throw new ProblemError('app_not_registered')
  const build = await registrations.findBuild(app.id, asked.build)
  const about = { app: app.id, ...(build === undefined ? {} : { build: build.id }) }
  if (build === undefined || build.state === 'pending')
    throw new ProblemError('build_not_registered', { about })
  if (build.state === 'retired') throw new ProblemError('build_retired', { about })
  if (build.version_code < minimumVersionCode(app, build.channel))
    throw new ProblemError('build_below_minimum', { about })
  if (build.expires_at !== null && Date.parse(build.expires_at) <= now)
    throw new ProblemError('build_expired', { about })
  const apis: Api[] = []
  for (const audience of new Set(asked.audiences)) {
    const api = await registrations.findApi(audience)
    if (!api?.apps.includes(app.id)) throw new ProblemError('audience_not_registered', { about })
    if (!api.channels.includes(build.channel)) throw new ProblemError('channel_not_admitted', { about })
    apis.push(api)
  }
  return { app, build, apis }
}

/**
 * An SDK that cannot send the tokens of an API gets none: it would send them in another field, or with another proof.
 *
 * @param kinds that the client can send
 * @throws ProblemError `token_kind_unsupported`
 */
export function checkTokenKinds({ app, build, apis }: Admitted, kinds: readonly TokenKind[]): void {
  if (apis.every(({ token }) => kinds.includes(token))) return
  throw new ProblemError('token_kind_unsupported', { about: { app: app.id, build: build.id } })
}
