import { firstImage, restorableDays, type Platform } from '@assay/protocol'
import type { App, Build, BuildPatch } from '@assay/protocol/schemas'
import type { BuildFormat } from '@assay/app-image'
import type { Measurements } from '../../attestation/measurement/measurements.ts'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { activeImages } from '../../attestation/model/build-image.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { pageOf, type Page } from '../../system/page.ts'
import { together } from '../../system/together.ts'
import type { ApiKeyStore, AppStore, BuildStore } from '../model/ports.ts'
import { checkFirstDays, invalid } from './build-identity.ts'
import { checkUpload, type BuildUpload, type Sender } from './build-upload.ts'
import { createInsertBuild, found, type AddedBuild } from './insert-build.ts'
import { verifyProvenance } from './provenance.ts'
import { BuildRefused, type BuildReader } from './reading/build-reader.ts'
import { createRegisterBuild, type RegisteringDependencies } from './register-build.ts'
import { createRegisterVariant } from './register-variant.ts'
import { checkShapes, shapesOf } from './image-shapes.ts'
import { refusedVariant, variantFault } from './variant-faults.ts'
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
  const registerVariant = createRegisterVariant(dependencies)
  const registerUpdate = createRegisterUpdate({ ...dependencies, insert })

  /** Checked again: others may have come since it was registered. */
  const activateVariant = async (app: string, id: string, name: string): Promise<Build> => {
    const build = found(await builds.find(app, id))
    const image = found(await builds.find(app, id, name))
    const others = build.variants.filter((each) => each.name !== name && each.state === 'active')
    const first = build.first_ended_at === null ? [{ name: undefined, shapes: undefined }] : []
    await checkShapes({ ...image, shapes: await shapesOf(image) }, build, [...first, ...others], builds)
    const activated = await builds.activateVariant(app, id, name)
    if (activated === 'too_many') throw refusedVariant(variantFault('/variant', 'too_many'))
    return changed(app, id)
  }

  const end = async (app: string, id: string, name: string): Promise<Build> => {
    const ended = await builds.endImage(app, id, name, new Date(clock()))
    if (ended === 'last') throw refusedVariant(variantFault('/variant', 'last'))
    if (ended === 'build_not_found') throw new ProblemError('build_not_found')
    return changed(app, id)
  }

  const changed = async (app: string, id: string): Promise<Build> => {
    registrations.changed({ build: [app, id] })
    return found(await builds.find(app, id))
  }

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
        const { variant } = requested
        const added = await uploads.receive(upload.body, apiKey.id, (file) => {
          if (update !== undefined) return registerUpdate(file, update, sender)
          if (variant !== undefined) return registerVariant(file, format, { ...requested, variant }, sender)
          return register(file, format, requested, sender)
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
    async list(app: string, page: Page) {
      await findApp(app)
      return pageOf(
        'builds',
        page,
        (requested) => builds.list(app, requested),
        ({ id }) => id,
      )
    },
    /** @param variant whose segments are wanted; by default those that were registered first */
    async get(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      return found(await builds.find(app, id, variant === firstImage ? undefined : variant))
    },
    /** Activates a pending build; an active one stays active. @throws ProblemError `build_retired`: see `restore` */
    async activate(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      if (variant !== undefined) return activateVariant(app, id, variant)
      const build = await builds.activate(app, id)
      if (build === undefined) throw new ProblemError('build_not_found')
      if (build.state === 'retired') throw new ProblemError('build_retired')
      registrations.changed({ build: [app, id] })
      return found(await builds.find(app, id))
    },
    /**
     * Retires the build, or ends one of its images, whose name is then free.
     *
     * @throws ProblemError `variant_refused` for the last image of a build
     */
    async retire(app: string, id: string, variant?: string): Promise<Build> {
      await findApp(app)
      if (variant !== undefined) return end(app, id, variant)
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
     * Changes for whom a build is, until when it gets tokens, and its first days; its updates over the air keep their
     * own.
     */
    async update(app: string, id: string, patch: BuildPatch): Promise<Build> {
      await findApp(app)
      const registered = found(await builds.find(app, id))
      const { difference_until: difference } = patch
      if (difference !== undefined && difference !== null) {
        if (registered.base !== null) throw invalid('/difference_until', 'unrecognized_keys')
        checkFirstDays(Date.parse(difference), Date.parse(registered.created_at), registered)
      }
      if ((await builds.update(app, id, patch)) === undefined) throw new ProblemError('build_not_found')
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

/** What was just registered, if devices may attest with it. */
function imagesToDigest(build: Build, variant: string | undefined) {
  if (variant === undefined) return [{ ...build, variant: null }]
  return activeImages(build).filter((each) => each.variant === variant)
}
