import path from 'node:path'
import { createApiKeyRepository } from '../storage/repositories/api-keys.repository.ts'
import { createApiRepository } from '../storage/repositories/apis.repository.ts'
import { createAppRepository } from '../storage/repositories/apps.repository.ts'
import { createBanRepository } from '../storage/repositories/bans.repository.ts'
import { createBuildRepository } from '../storage/repositories/builds.repository.ts'
import { createDoctorRepository } from '../storage/repositories/doctor.repository.ts'
import { createInstallationRepository } from '../storage/repositories/installations.repository.ts'
import { createPolicyRepository } from '../storage/repositories/policies.repository.ts'
import { createSecretRepository } from '../storage/repositories/secrets.repository.ts'
import { createSigningKeyRepository } from '../storage/repositories/signing-keys.repository.ts'
import { createSealing, openDatabase, openFileBlobs } from '../storage/index.ts'
import { createTraceRepository } from '../storage/repositories/traces.repository.ts'

interface StorageOptions {
  dataFolder: string
  postgres: string | undefined
  sealingKey: Uint8Array
}

export type Storage = Awaited<ReturnType<typeof openStorage>>

/** Opens everything that lasts. @throws StorageError, and has closed what it opened */
export async function openStorage({ dataFolder, postgres, sealingKey }: StorageOptions) {
  const database = await openDatabase(
    postgres === undefined
      ? { kind: 'sqlite', folder: dataFolder }
      : { kind: 'postgres', connectionString: postgres },
  )
  try {
    const { db } = database
    const sealing = createSealing(sealingKey)
    const secrets = createSecretRepository({ db, sealing })
    await secrets.verifySealingKey()
    const blobFolder = path.join(dataFolder, 'blobs')
    return {
      database,
      blobFolder,
      uploadFolder: path.join(dataFolder, 'uploads'),
      blobs: openFileBlobs(blobFolder),
      secrets,
      apps: createAppRepository({ db }),
      builds: createBuildRepository({ db }),
      apis: createApiRepository({ db }),
      apiKeys: createApiKeyRepository({ db }),
      signingKeys: createSigningKeyRepository({ db, sealing }),
      installations: createInstallationRepository({ db }),
      bans: createBanRepository({ db }),
      policies: createPolicyRepository({ db }),
      traces: createTraceRepository({ db }),
      activity: createDoctorRepository({ db }),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
