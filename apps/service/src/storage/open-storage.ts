import path from 'node:path'
import { createApiKeyRepository } from './repositories/api-keys.repository.ts'
import { createApiRepository } from './repositories/apis.repository.ts'
import { createAppRepository } from './repositories/apps.repository.ts'
import { createBanRepository } from './repositories/bans.repository.ts'
import { createBuildRepository } from './repositories/builds.repository.ts'
import { createActivityRepository } from './repositories/activity.repository.ts'
import { createInstallationRepository } from './repositories/installations.repository.ts'
import { createPolicyRepository } from './repositories/policies.repository.ts'
import { createSecretRepository } from './repositories/secrets.repository.ts'
import { createSigningKeyRepository } from './repositories/signing-keys.repository.ts'
import { openFileBlobs } from './blobs/file-blobs.ts'
import { openDatabase } from './open-database.ts'
import { createSealing } from './sealing.ts'
import { createStatusRepository } from './repositories/status.repository.ts'
import { createTraceRepository } from './repositories/traces.repository.ts'

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
    const { db, facts } = database
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
      installations: createInstallationRepository(database),
      bans: createBanRepository({ db }),
      policies: createPolicyRepository({ db }),
      traces: createTraceRepository({ db }),
      activity: createActivityRepository({ db }),
      status: createStatusRepository({ db }),
      /** What is registered, by connections of its own. */
      facts: {
        apps: createAppRepository({ db: facts }),
        apis: createApiRepository({ db: facts }),
        builds: createBuildRepository({ db: facts }),
        bans: createBanRepository({ db: facts }),
        policies: createPolicyRepository({ db: facts }),
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
