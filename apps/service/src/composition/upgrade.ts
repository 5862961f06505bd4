import { missingSchemaSteps, openDatabase, type DatabaseConfig } from '../storage/open-database.ts'
import { serviceVersion } from '../system/version.ts'
import type { StorageConfig } from '../config/service.config.ts'
import type { UpgradeCheck } from './check-upgrade.ts'

interface UpgradeOptions extends Pick<StorageConfig, 'dataFolder' | 'postgres'> {
  /** The database role as which the service runs: it gets the rights that it needs. Only with PostgreSQL. */
  grantTo?: string | undefined
}

/**
 * Brings the schema of a store up to date, without serving: in PostgreSQL as the owner of the tables, so that the service
 * itself need not be the owner. An empty database gets the whole schema.
 *
 * @returns the version, and the steps that were run
 * @throws StorageError
 */
export async function upgrade({ dataFolder, postgres, grantTo }: UpgradeOptions): Promise<UpgradeCheck> {
  const config: DatabaseConfig =
    postgres === undefined
      ? { kind: 'sqlite', folder: dataFolder }
      : { kind: 'postgres', connectionString: postgres }
  // No command makes a store where none is expected.
  await missingSchemaSteps(config)
  // Beside nodes of a cluster, but not beside a process that has the database to itself.
  const share = { isShared: true, onTaken: () => undefined }
  const database = await openDatabase(config, { share, ...(grantTo !== undefined && { grantTo }) })
  await database.close()
  return { version: serviceVersion, steps: [...database.newSteps] }
}
