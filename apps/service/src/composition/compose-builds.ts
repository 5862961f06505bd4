import { appleCodeSigningRoots } from '@assay/app-image/apple-signer'
import type { SchemeRegistry } from '@assay/evidence'
import type { Measurements } from '../attestation/measurement/measurements.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { createBuildUseCases } from '../provisioning/builds/builds.usecases.ts'
import { createBuildReader } from '../provisioning/builds/reading/build-reader.ts'
import { createUploads } from '../provisioning/builds/upload.ts'
import { namingFullDisk } from '../storage/errors/full-disk.ts'
import type { Storage } from '../storage/open-storage.ts'

/** Milliseconds. */
const hour = 3_600_000

/** Written by `tools/build-programs.mjs`: everything that the process loads, in its own folder. */
export const buildReaderProgram = new URL('../../dist/reader/main.mjs', import.meta.url)

interface BuildParts {
  config: CheckedConfig
  storage: Storage
  schemes: SchemeRegistry
  registrations: Registrations
  measurements: Measurements
  onMalfunction: (error: unknown) => void
}

/** How builds arrive: uploads, the process that reads them, and their registration. */
export async function composeBuilds(parts: BuildParts) {
  const { config, storage, schemes, registrations, measurements, onMalfunction } = parts
  const { limits, clock, random, vendors } = config
  const isEmbedded = storage.database.kind === 'sqlite'
  const reader = createBuildReader({
    program: buildReaderProgram,
    blobFolder: storage.blobFolder,
    uploadFolder: storage.uploadFolder,
    blobs: storage.blobs,
    seconds: limits.buildReading,
    memory: limits.buildMemory,
  })
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
    builds: storage.builds,
    reader,
    uploads,
    registrations,
    measurements,
    clock,
    sweepAge: isEmbedded ? 0 : hour,
    sweepShared: storage.sharing?.sweep,
    onMalfunction,
  })
  return { reader, uploads, useCases }
}
