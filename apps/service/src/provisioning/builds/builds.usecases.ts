import type { Readable } from 'node:stream'
import { mediaTypes, restorableDays, type ApiKey, type App, type Build, type Platform } from '@assay/protocol'
import type { BuildFormat } from '@assay/app-image'
import type { Registrations } from '../../attestation/registrations/registrations.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Measurements } from '../../attestation/measurement/measurements.ts'
import type { Clock } from '../../system/ports.ts'
import { identifyBuild, invalid, isMeasuredLess, isSameBuild, type BuildAsked } from './build-identity.ts'
import { pageOf, type Page } from '../../system/page.ts'
import { together } from '../../system/together.ts'
import { firstState } from './activation.ts'
import { checkProvenance, verifyProvenance, type VerifiedProvenance } from './provenance.ts'
import type { ApiKeyStore, AppStore, BuildAuthority, BuildInsertOptions, BuildStore } from '../model/ports.ts'
import { BuildRefused, type BuildReader } from './reading/build-reader.ts'
import { uploadSigner } from './upload-signer.ts'
import { updateOf } from './update-over-the-air.ts'
import type { Uploads } from './upload.ts'

/** Which builds each platform has. */
const platformsOf: Record<BuildFormat, readonly Platform[]> = {
  apk: ['android'],
  aab: ['android'],
  apks: ['android'],
  ipa: ['ios'],
  web: ['web', 'node'],
}

/** The format of most first builds. */
const usualFormat: Record<Platform, BuildFormat> = { android: 'apk', ios: 'ipa', web: 'web', node: 'web' }

const formatOf: Readonly<Record<string, BuildFormat>> = {
  [mediaTypes.apk]: 'apk',
  [mediaTypes.aab]: 'aab',
  [mediaTypes.apks]: 'apks',
  [mediaTypes.ipa]: 'ipa',
  [mediaTypes.zip]: 'web',
}

/** Milliseconds. */
const day = 86_400_000

interface BuildDependencies {
  apps: Pick<AppStore, 'find'>
  builds: BuildStore
  apiKeys: Pick<ApiKeyStore, 'findProvenanceKey'>
  reader: BuildReader
  uploads: Uploads
  /** PEM of the roots under which developers' certificates are issued. */
  developerRoots: readonly string[]
  /** Teams that own the app, according to its evidence settings. */
  teamsOf: (app: App) => readonly string[]
  registrations: Pick<Registrations, 'changed'>
  measurements: Pick<Measurements, 'digest' | 'currentEpoch'>
  clock: Clock
  /** Milliseconds: anything younger may belong to a registration that another process has under way. */
  sweepAge: number
  /** Removes what no build names and is older than `before` from what nodes share; undefined: they share nothing. */
  sweepShared: ((before: Date) => Promise<unknown>) | undefined
  /** Called with failures that nobody waits for. */
  onMalfunction: (error: unknown) => void
}

/** A file to register, and what is requested for it. */
export interface BuildUpload {
  app: string
  mediaType: string
  body: Readable
  asked: BuildAsked
  apiKey: ApiKey
  /** As received with the request. */
  provenance: string | undefined
}

export type BuildUseCases = ReturnType<typeof createBuildUseCases>

/** Builds that may attest. */
export function createBuildUseCases(dependencies: BuildDependencies) {
  const { apps, apiKeys, builds, reader, uploads, registrations, clock, measurements, onMalfunction } =
    dependencies

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

  const insert = async (
    build: Build,
    options: BuildInsertOptions,
  ): Promise<{ build: Build; created: boolean }> => {
    const inserted = await builds.insert(build, options)
    if (typeof inserted === 'object') {
      if (!isSameBuild(build, inserted.exists)) throw new ProblemError('build_exists')
      return { build: await activated(build, inserted.exists), created: false }
    }
    switch (inserted) {
      case 'ok':
        return { build, created: true }
      case 'app_not_found':
      case 'signer_not_registered':
      case 'signer_new':
      case 'team_not_registered':
      case 'team_new':
        throw new ProblemError(inserted)
      case 'key_revoked':
        throw new ProblemError('unauthorized')
      case 'base_not_active':
        throw invalid('/base', 'invalid_value')
    }
  }

  /** Somebody now vouches for a build for which nobody vouched when it came. */
  const activated = async (build: Build, registered: Build): Promise<Build> => {
    if (build.state !== 'active' || registered.state !== 'pending') return registered
    await builds.activate(build.app, build.id)
    return found(await builds.find(build.app, build.id))
  }

  const registerUpdate = (file: string, { id, base: baseId }: UpdateAsked, sender: Sender) =>
    reader.read(file, { format: 'web', coverage: undefined }, async (report, keep) => {
      const { app, provenance } = sender
      const base = await builds.find(app.id, baseId)
      if (base === undefined) throw new ProblemError('build_not_found')
      const update = updateOf(base, report, { id, now: clock() })
      const asked = { app: app.id, build: id, version_code: null, base: baseId }
      checkProvenance(provenance, report.imageDigest, asked)
      // Unless somebody vouches for an update, it is pending whatever it holds.
      const nothing = { isSignedByTeam: false, isMeasuredLess: false, wasRetired: false }
      update.state = firstState(update, { ...sender, ...nothing })
      const authority = authorityOf(sender, { signers: [], base: baseId })
      if ((await builds.find(app.id, id)) !== undefined) return insert(update, { authority })
      await keep()
      const ofBase = await builds.findManifest(app.id, baseId)
      // The functions of an SDK in scripts are where the update has them.
      const isCompiled = ofBase !== undefined && Object.keys(ofBase.functions).length === 0
      return insert(update, { authority, manifest: isCompiled ? ofBase : (report.sdk?.manifest ?? null) })
    })

  const register = (file: string, format: BuildFormat, asked: BuildAsked, sender: Sender) =>
    reader.read(file, { format, coverage: asked.coverage }, async (report, keep) => {
      const { app, apiKey, provenance } = sender
      const { build, newSigners, knownSigners } = identifyBuild(report, asked, { app, apiKey, now: clock() })
      checkProvenance(provenance, report.imageDigest, {
        app: app.id,
        build: build.id,
        version_code: build.version_code,
        base: null,
      })
      const teams = [...app.teams, ...dependencies.teamsOf(app)]
      const { signer, isNewTeam, vouches, warnings } = uploadSigner(report, {
        roots: dependencies.developerRoots,
        teams,
        known: await builds.uploadSigners(app.id),
        asked,
        apiKey,
        now: clock(),
      })
      build.warnings.push(...warnings)
      build.state = firstState(build, {
        ...sender,
        isSignedByTeam: vouches,
        isMeasuredLess: isMeasuredLess(build),
        wasRetired: await builds.hasRetired(app.id, build.image_digest),
      })
      const team = isNewTeam ? undefined : signer?.teamId
      const authority = authorityOf(sender, { signers: knownSigners, team, base: null })
      const registered = await builds.find(app.id, build.id)
      if (registered !== undefined) return insert(build, { authority })
      await keep()
      const isFirst = app.signers.length === 0 && !asked.newSigner
      return insert(build, {
        authority,
        addSigners: newSigners,
        areFirst: isFirst,
        addTeam: isNewTeam ? signer?.teamId : undefined,
        isFirstTeam: teams.length === 0 && !asked.newTeam,
        uploadSigner: signer?.sha256,
        manifest: report.sdk?.manifest ?? null,
      })
    })

  return {
    /** Prepares for reading a build for a platform, which comes next. */
    expect(platform: Platform): void {
      reader.warm(usualFormat[platform])
    },
    /** `created` is false if the same build is already registered under its id. */
    async add(upload: BuildUpload): Promise<{ build: Build; created: boolean }> {
      const app = await findApp(upload.app)
      const update = updateAsked(upload, app)
      const format = update === undefined ? checkUpload(upload, app) : 'web'
      const { apiKey, asked, provenance: jws } = upload
      const provenance = jws === undefined ? undefined : await verifyProvenance(jws, app.id, apiKeys, clock())
      const sender: Sender = { app, apiKey, provenance }
      reader.warm(format)
      try {
        const added = await uploads.receive(upload.body, apiKey.id, (file) =>
          update === undefined ? register(file, format, asked, sender) : registerUpdate(file, update, sender),
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
        (asked) => builds.list(app, asked),
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
    sweep,
  }
}

/** Who sends a file, and for which app. */
interface Sender {
  app: App
  apiKey: ApiKey
  provenance: VerifiedProvenance | undefined
}

function authorityOf(
  { app, apiKey, provenance }: Sender,
  more: Pick<BuildAuthority, 'signers' | 'team' | 'base'>,
): BuildAuthority {
  return { app, keys: [apiKey.id, ...(provenance === undefined ? [] : [provenance.key])], ...more }
}

interface UpdateAsked {
  id: string
  /** Id of the build whose scripts it replaces. */
  base: string
}

/** What is known about an update over the air before the body is read; undefined: it is another kind of build. */
function updateAsked({ mediaType, asked }: BuildUpload, app: App): UpdateAsked | undefined {
  const { id, base } = asked
  if (base === undefined) return undefined
  if (mediaType !== mediaTypes.zip) throw new ProblemError('media_type_unsupported')
  if (!isPhone(app.platform)) throw new ProblemError('build_platform_mismatch')
  if (id === undefined) throw invalid('/id', 'required')
  // Everything else is as in the build that it is for.
  if (asked.coverage !== undefined) throw invalid('/coverage', 'unrecognized_keys')
  if (asked.abis !== undefined) throw invalid('/abis', 'unrecognized_keys')
  if (asked.versionCode !== undefined) throw invalid('/version_code', 'unrecognized_keys')
  return { id, base }
}

function isPhone(platform: Platform): boolean {
  return platform === 'android' || platform === 'ios'
}

/** Checks that are possible before the body is read. */
function checkUpload({ mediaType, asked, apiKey }: BuildUpload, app: App): BuildFormat {
  const format = formatOf[mediaType]
  if (format === undefined) throw new ProblemError('media_type_unsupported')
  if (!platformsOf[format].includes(app.platform)) throw new ProblemError('build_platform_mismatch')
  const isDangerous = asked.allowDebuggable || asked.allowDebugSigner || asked.newSigner || asked.newTeam
  if (isDangerous && apiKey.scope !== 'admin') throw new ProblemError('scope_insufficient')
  if (format !== 'ipa' && asked.newTeam) throw invalid('/new_team', 'unrecognized_keys')
  if (format === 'web' && asked.id === undefined) throw invalid('/id', 'required')
  // Nobody knows what a Node process loads at startup.
  if (asked.coverage === 'entry' && app.platform !== 'web') throw invalid('/coverage', 'invalid_value')
  if (platformsOf[format].includes('android') && asked.versionCode !== undefined)
    throw invalid('/version_code', 'unrecognized_keys')
  return format
}

function found(build: Build | undefined): Build {
  if (build === undefined) throw new ProblemError('build_not_found')
  return build
}
