import type { Platform } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import type { Measurements } from '../../attestation/measurement/measurements.ts'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { activeImages } from '../../attestation/model/build-image.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { together } from '../../system/together.ts'
import type { ApiKeyStore, AppStore, BuildStore } from '../model/ports.ts'
import { checkUpload, type BuildUpload, type Sender } from './build-upload.ts'
import { createInsertBuild, type AddedBuild } from './insert-build.ts'
import { verifyProvenance } from './provenance.ts'
import { BuildRefused, type BuildReader } from './reading/build-reader.ts'
import { createRegister } from './register.ts'
import { createRegisterBuild, type RegisteringDependencies } from './register-build.ts'
import { createRegisterVariant } from './register-variant.ts'
import { createRegisterUpdate, requestedUpdate } from './register-update.ts'
import { createRegisteredBuilds } from './registered-builds.ts'
import type { Uploads } from './upload.ts'

/** The format of most first builds. */
const usualFormat: Record<Platform, BuildFormat> = { android: 'apk', ios: 'ipa', web: 'web', node: 'web' }

interface BuildDependencies extends Pick<RegisteringDependencies, 'developerRoots' | 'teamsOf' | 'clock'> {
  apps: Pick<AppStore, 'find'>
  builds: BuildStore
  apiKeys: Pick<ApiKeyStore, 'findProvenanceKey'>
  reader: BuildReader
  uploads: Uploads
  registrations: Pick<Registrations, 'changed'>
  measurements: Pick<Measurements, 'digest' | 'currentEpoch'>
  /** How apps reach the service: what provenance names it by. */
  publicUrl: () => string
  /** Milliseconds: anything younger may belong to a registration that another process has under way. */
  sweepAge: number
  /** Removes what no build names and is older than `before` from what nodes share; undefined: they share nothing. */
  sweepShared: ((before: Date) => Promise<unknown>) | undefined
  /** Called with failures that nobody waits for. */
  onMalfunction: (error: unknown) => void
}

export type BuildUseCases = ReturnType<typeof createBuildUseCases>

/** Builds that may attest. */
export function createBuildUseCases(dependencies: BuildDependencies) {
  const {
    apps,
    apiKeys,
    builds,
    reader,
    uploads,
    registrations,
    clock,
    measurements,
    onMalfunction,
    publicUrl,
  } = dependencies

  // Each sweep takes a process, and uploads wait for it: a thousand refused files must not cause a thousand sweeps.
  const sweep = together(async () => {
    const before = new Date(Date.now() - dependencies.sweepAge)
    if (await reader.sweep(async () => [...(await builds.listBlobs())], before))
      await dependencies.sweepShared?.(before)
  })

  const findApp = async (id: string): Promise<App> => {
    const app = await apps.find(id)
    if (app === undefined) throw new ProblemError('app_not_found')
    return app
  }

  const insert = createInsertBuild(builds)
  const register = createRegister(reader)
  const asBuild = createRegisterBuild({ ...dependencies, insert })
  const asVariant = createRegisterVariant(dependencies)
  const asUpdate = createRegisterUpdate({ ...dependencies, insert })

  return {
    ...createRegisteredBuilds({ ...dependencies, findApp, sweep: () => void sweep().catch(onMalfunction) }),
    /** Prepares for reading a build for a platform, which comes next. */
    expect(platform: Platform): void {
      reader.warm(usualFormat[platform])
    },
    /** `created` is false if the same build is already registered under its id. */
    async add(upload: BuildUpload): Promise<AddedBuild> {
      const app = await findApp(upload.app)
      const update = requestedUpdate(upload, app)
      const format = update === undefined ? checkUpload(upload, app) : 'web'
      const { apiKey, requested, provenance: jws } = upload
      const provenance =
        jws === undefined
          ? undefined
          : await verifyProvenance(jws, { app: app.id, issuer: publicUrl(), now: clock() }, apiKeys)
      const sender: Sender = { app, apiKey, provenance }
      reader.warm(format)
      try {
        const { variant } = requested
        const added = await uploads.receive(upload.body, apiKey.id, (file) => {
          if (update !== undefined) return register(file, asUpdate(update, sender), sender)
          if (variant !== undefined)
            return register(file, asVariant(format, { ...requested, variant }, sender), sender)
          return register(file, asBuild(format, requested, sender), sender)
        })
        // An update may have added a signer to the app.
        registrations.changed({ app: app.id })
        registrations.changed({ build: [app.id, added.build.id] })
        for (const image of added.created ? imagesToDigest(added.build, variant) : [])
          measurements.digest(image, measurements.currentEpoch()).catch(onMalfunction)
        return added
      } catch (error) {
        if (error instanceof ProblemError) throw error
        // A reader that was ended half-way has left bytes that no row will name.
        sweep().catch(onMalfunction)
        if (error instanceof BuildRefused)
          throw new ProblemError('build_refused', { reason: error.code, file: error.file, cause: error })
        throw error
      }
    },
    sweep,
  }
}

/** What was just registered, if devices may attest with it. */
function imagesToDigest(build: Build, variant: string | undefined) {
  if (variant === undefined) return [{ ...build, variant: null }]
  return activeImages(build).filter((each) => each.variant === variant)
}
