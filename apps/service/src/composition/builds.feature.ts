import { appleCodeSigningRoots } from '@assay/app-image/apple-signer'
import type { SchemeRegistry } from '@assay/evidence'
import type { Measurements } from '../attestation/measurement/measurements.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createBuildUseCases } from '../provisioning/builds/builds.usecases.ts'
import { createLastSeen } from '../provisioning/builds/last-seen.ts'
import { createBuildReader, type BuildReader } from '../provisioning/builds/reading/build-reader.ts'
import { withheldFromReader } from '../provisioning/builds/reading/reader-rights.ts'
import { createUploads } from '../provisioning/builds/upload.ts'
import { namingFullDisk } from '../storage/errors/full-disk.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

/** Milliseconds. */
const minute = 60_000
const hour = 60 * minute

/** Written by `tools/build-programs.mjs`: everything that the process loads, in its own folder. */
export const buildReaderProgram = new URL('../../dist/reader/main.mjs', import.meta.url)

interface ReaderParts {
  config: Pick<CheckedConfig, 'limits'>
  storage: Pick<Storage, 'blobs' | 'blobFolder' | 'uploadFolder'>
  log: Pick<ServiceLog, 'info'>
}

/** The process that reads builds. Closing it ends what is being read, which a sweep waits for. */
export function composeBuildReader({ config, storage, log }: ReaderParts): Feature<BuildReader> {
  const { blobs, blobFolder, uploadFolder } = storage
  const reader = createBuildReader({
    program: buildReaderProgram,
    ...{ blobs, blobFolder, uploadFolder },
    seconds: config.limits.buildReading,
    memory: config.limits.buildMemory,
  })
  log.info(withheldFromReader, 'the build reader is started without these')
  return { handlers: reader, close: reader.close }
}

interface BuildParts {
  config: CheckedConfig
  storage: Storage
  reader: BuildReader
  schemes: SchemeRegistry
  registrations: Registrations
  measurements: Measurements
  publicUrl: () => string
  onMalfunction: (error: unknown) => void
}

/** How builds arrive, and how what no build needs any more is swept away. */
export async function composeBuilds(parts: BuildParts) {
  const { config, storage, reader, schemes, registrations, measurements, publicUrl, onMalfunction } = parts
  const { limits, clock, random, vendors } = config
  const { builds, sharing } = storage
  const isEmbedded = storage.database.kind === 'sqlite'
  const uploads = createUploads({
    folder: storage.uploadFolder,
    largest: limits.buildSize,
    leastRate: limits.uploadRate,
    random,
    explain: namingFullDisk,
  })
  // Nobody else uses the folder, and nothing is under way yet.
  if (isEmbedded) await uploads.clear(Infinity)
  const useCases = createBuildUseCases({
    apps: storage.apps,
    apiKeys: storage.apiKeys,
    developerRoots: [...appleCodeSigningRoots.map(({ pem }) => pem), ...vendors.appleTestRoots],
    teamsOf: ({ evidence }) =>
      schemes.settings.flatMap(({ name, teamsOf }) =>
        teamsOf === undefined || !Object.hasOwn(evidence, name) ? [] : teamsOf(evidence[name]),
      ),
    ...{ builds, reader, uploads, registrations, measurements, clock, publicUrl, onMalfunction },
    sweepAge: isEmbedded ? 0 : hour,
    sweepShared: sharing?.sweep,
  })
  const share = async (signal: AbortSignal) => sharing?.share(await builds.listBlobs(), signal)
  return {
    handlers: { useCases, recordSeen: createLastSeen({ builds, clock, onMalfunction }) },
    jobs: [
      { every: 6 * hour, first: minute, work: useCases.sweep },
      ...(sharing === undefined ? [] : [{ every: 6 * hour, first: 0, work: share }]),
      // Several nodes may share the folder: work under way is younger.
      { every: 6 * hour, first: 0, work: () => uploads.clear(Date.now() - 24 * hour) },
    ],
  } satisfies Feature
}
