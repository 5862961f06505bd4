import { restorableDays, type Platform } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import type { Measurements } from '../../attestation/measurement/measurements.ts'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import { together } from '../../system/together.ts'
import type { ApiKeyStore, AppStore, BuildStore } from '../model/ports.ts'
import { checkUpload, type BuildUpload, type Sender } from './build-upload.ts'
import { createInsertBuild, found, type AddedBuild } from './insert-build.ts'
import { verifyProvenance } from './provenance.ts'
import { BuildRefused, type BuildReader } from './reading/build-reader.ts'
import { createRegisterBuild, type RegisteringDependencies } from './register-build.ts'
import { createRegisterUpdate, requestedUpdate } from './register-update.ts'
import type { Uploads } from './upload.ts'

/** The format of most first builds. */
const usualFormat: Record<Platform, BuildFormat> = { android: 'apk', ios: 'ipa', web: 'web', node: 'web' }

/** Milliseconds. */
const day = 86_400_000

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
  const register = createRegisterBuild({ ...dependencies, insert })
  const registerUpdate = createRegisterUpdate({ ...dependencies, insert })

  return {
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
        const added = await uploads.receive(upload.body, apiKey.id, (file) =>
          update === undefined
            ? register(file, format, requested, sender)
            : registerUpdate(file, update, sender),
        )
        // An update may have added a signer to the app.
        registrations.changed({ app: app.id })
        registrations.changed({ build: [app.id, added.build.id] })
        if (added.created) measurements.digest(added.build, measurements.currentEpoch()).catch(onMalfunction)
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
    async list(app: string, page: Page) {
      await findApp(app)
      return pageOf(
        'builds',
        page,
        (requested) => builds.list(app, requested),
        ({ id }) => id,
      )
    },
    async get(app: string, id: string): Promise<Build> {
      await findApp(app)
      return found(await builds.find(app, id))
    },
    /** Activates a pending build; an active one stays active. @throws ProblemError `build_retired`: see `restore` */
    async activate(app: string, id: string): Promise<Build> {
      await findApp(app)
      const build = await builds.activate(app, id)
      if (build === undefined) throw new ProblemError('build_not_found')
      if (build.state === 'retired') throw new ProblemError('build_retired')
      registrations.changed({ build: [app, id] })
      return found(await builds.find(app, id))
    },
    async retire(app: string, id: string): Promise<Build> {
      await findApp(app)
      if ((await builds.retire(app, id, new Date(clock()))) === undefined)
        throw new ProblemError('build_not_found')
      registrations.changed({ build: [app, id] })
      return found(await builds.find(app, id))
    },
    /**
     * Takes a retirement back, for 30 days: the build may attest, as after `activate`; one that is not retired stays as
     * it is. Its code no longer counts as retired, unless another retired build has it.
     *
     * @throws ProblemError `build_retired`: it was retired before
     */
    async restore(app: string, id: string): Promise<Build> {
      await findApp(app)
      const build = await builds.restore(app, id, new Date(clock() - restorableDays * day))
      if (build === undefined) throw new ProblemError('build_not_found')
      if (build.state === 'retired') throw new ProblemError('build_retired')
      registrations.changed({ build: [app, id] })
      return found(await builds.find(app, id))
    },
    /**
     * Removes a build with which nobody has attested, and frees its id.
     *
     * @throws ProblemError `build_in_use`
     */
    async remove(app: string, id: string): Promise<void> {
      await findApp(app)
      switch (await builds.remove(app, id)) {
        case false:
          throw new ProblemError('build_not_found')
        case 'in_use':
          throw new ProblemError('build_in_use')
        case true:
          registrations.changed({ build: [app, id] })
          sweep().catch(onMalfunction)
      }
    },
    sweep,
  }
}
