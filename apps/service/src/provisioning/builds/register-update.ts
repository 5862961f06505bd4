import { mediaTypes, type Platform } from '@assay/protocol'
import type { App } from '@assay/protocol/schemas'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildStore } from '../model/ports.ts'
import { firstState } from './activation.ts'
import { invalid } from './build-identity.ts'
import { authorityOf, type BuildUpload, type Sender } from './build-upload.ts'
import { found, settleBuild } from './insert-build.ts'
import type { Registering } from './register.ts'
import type { RegisteringDependencies } from './register-build.ts'
import { updateOf } from './update-over-the-air.ts'

interface UpdateDependencies extends Pick<RegisteringDependencies, 'insert' | 'clock'> {
  builds: Pick<BuildStore, 'find' | 'findManifest'>
}

/** What an update over the air is to be registered as. */
export interface RequestedUpdate {
  id: string
  /** Id of the build whose scripts it replaces. */
  base: string
}

/** What is known about an update over the air before the body is read; undefined: it is another kind of build. */
export function requestedUpdate(
  { mediaType, requested }: BuildUpload,
  app: App,
): RequestedUpdate | undefined {
  const { id, base } = requested
  if (base === undefined) return undefined
  if (mediaType !== mediaTypes.zip) throw new ProblemError('media_type_unsupported')
  if (!isPhone(app.platform)) throw new ProblemError('build_platform_mismatch')
  if (id === undefined) throw invalid('/id', 'required')
  // Everything else is as in the build that it is for.
  if (requested.coverage !== undefined) throw invalid('/coverage', 'unrecognized_keys')
  if (requested.channel !== undefined) throw invalid('/channel', 'unrecognized_keys')
  if (requested.expiresAt !== undefined) throw invalid('/expires_at', 'unrecognized_keys')
  if (requested.differenceUntil !== undefined) throw invalid('/difference_until', 'unrecognized_keys')
  if (requested.abis !== undefined) throw invalid('/abis', 'unrecognized_keys')
  if (requested.variant !== undefined) throw invalid('/variant', 'unrecognized_keys')
  if (requested.versionCode !== undefined) throw invalid('/version_code', 'unrecognized_keys')
  return { id, base }
}

function isPhone(platform: Platform): boolean {
  return platform === 'android' || platform === 'ios'
}

/** Unless somebody vouches for an update, it is pending whatever it holds. */
const nothing = { isSignedByTeam: false, isMeasuredLess: false, isIncomplete: false, wasRetired: false }

/** A file as an update over the air. */
export function createRegisterUpdate(dependencies: UpdateDependencies) {
  const { builds, clock } = dependencies
  return ({ id, base: baseId }: RequestedUpdate, sender: Sender): Registering => ({
    reading: { format: 'web', coverage: undefined, isUpdate: true },
    async identify(report) {
      const base = found(await builds.find(sender.app.id, baseId))
      const update = updateOf(base, report, { id, now: clock() })
      const settle = async () => {
        update.state = firstState(update, { ...sender, ...nothing })
        const authority = authorityOf(sender, { signers: [], base: baseId })
        const ofBase = await builds.findManifest(sender.app.id, baseId)
        // The functions of an SDK in scripts are where the update has them.
        const isCompiled = ofBase !== undefined && Object.keys(ofBase.functions).length === 0
        const manifest = isCompiled ? ofBase : (report.sdk?.manifest ?? null)
        return settleBuild(update, { authority, manifest }, dependencies)
      }
      return { proven: { build: id, base: baseId }, settle }
    },
  })
}
