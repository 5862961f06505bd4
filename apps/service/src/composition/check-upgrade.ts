import { missingSchemaSteps } from '../storage/open-database.ts'
import { serviceVersion } from '../system/version.ts'
import type { StorageConfig } from '../config/service.config.ts'

/** What the start of this version would do to a store. */
export interface UpgradeCheck {
  /** The version that would start. */
  version: string
  /** Steps of the schema that the store has not seen, in order: after them, an older version refuses it. */
  steps: string[]
}

/**
 * Whether this version can open a store, and what that would change. The store may be in use; it is only read.
 *
 * @throws StorageError, such as `STORAGE_NEWER_SCHEMA`
 */
export async function checkUpgrade({
  dataFolder,
  postgres,
}: Pick<StorageConfig, 'dataFolder' | 'postgres'>): Promise<UpgradeCheck> {
  const steps = await missingSchemaSteps(
    postgres === undefined
      ? { kind: 'sqlite', folder: dataFolder }
      : { kind: 'postgres', connectionString: postgres },
  )
  return { version: serviceVersion, steps }
}
