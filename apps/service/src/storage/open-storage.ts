import path from 'node:path'
import { createActors } from '../system/actor.ts'
import type { Clock, Random } from '../system/ports.ts'
import { createRecentCount } from '../system/recent-count.ts'
import { createTimed } from '../system/timed.ts'
import { createAllowLog } from './audit/allow-log.ts'
import { auditedStores } from './audit/audited-stores.ts'
import { createJournal } from './audit/journal.ts'
import { createAllowRepository } from './repositories/allow-entries.repository.ts'
import { createApiRepository } from './repositories/apis.repository.ts'
import { createAppRepository } from './repositories/apps.repository.ts'
import { createBanRepository } from './repositories/bans.repository.ts'
import { createBootKeyRepository } from './repositories/boot-keys.repository.ts'
import { createClockCheckRepository } from './repositories/clock-check.repository.ts'
import { createBuildRepository } from './repositories/builds.repository.ts'
import { createAuditRepository } from './audit/audit.repository.ts'
import { createActivityRepository } from './repositories/activity.repository.ts'
import { createFleetRepository } from './repositories/fleet.repository.ts'
import { createInstallationRepository } from './repositories/installations.repository.ts'
import { createNodeRepository } from './nodes/nodes.repository.ts'
import { createPolicyRepository } from './repositories/policies.repository.ts'
import { createSampleRepository } from './repositories/claim-samples.repository.ts'
import { createSecretRepository } from './repositories/secrets.repository.ts'
import { createSessionRepository } from './repositories/sessions.repository.ts'
import { createBlobCheck } from './blobs/blob-check.ts'
import { createEvidencePacking, type PackingWords } from './database/evidence-packing.ts'
import { defaultBlobCache, openBlobs } from './blobs/open-blobs.ts'
import { openDatabase, type DatabaseConfig } from './open-database.ts'
import type { DatabaseShare } from './database/opened-database.ts'
import type { DatabaseStep } from './database/reporting-dialect.ts'
import { readingOnly } from './database/reading-only.ts'
import { createRowMacs, rowKeyName } from './database/row-macs.ts'
import { createSealing } from './database/sealing.ts'
import { createStatusRepository } from './repositories/status.repository.ts'
import { readLastBackup } from './data-folder/last-backup.ts'
import { checkStoreId, expectStoreId } from './data-folder/store-id.ts'
import { createProvedRefusalRepository } from './repositories/proved-refusals.repository.ts'
import { createReferenceRepository } from './repositories/references.repository.ts'
import { createUserCountRepository } from './repositories/user-counts.repository.ts'
import { createVendorListRepository } from './repositories/vendor-lists.repository.ts'
import { createTraceRepository } from './repositories/traces.repository.ts'

interface StorageOptions {
  dataFolder: string
  postgres: string | undefined
  sealingKey: Uint8Array
  packingWords: PackingWords
  share?: DatabaseShare
  /** Bytes of blobs that one of several nodes keeps in its folder; default {@link defaultBlobCache}. */
  blobCache?: number
  clock: Clock
  steady: Clock
  random: Random
}

export type Storage = Awaited<ReturnType<typeof openStorage>>

/** Opens all persistent stores. @throws StorageError, after closing what it opened */
export async function openStorage(options: StorageOptions) {
  const { dataFolder, postgres, sealingKey, packingWords, share, blobCache, clock, steady, random } = options
  const faults = createRecentCount(steady)
  const timed = createTimed<DatabaseStep>()
  const sealing = createSealing(sealingKey)
  const config: DatabaseConfig =
    postgres === undefined
      ? { kind: 'sqlite', folder: dataFolder }
      : { kind: 'postgres', connectionString: postgres }
  const database = await openDatabase(config, {
    ...(share && { share }),
    // A newer schema is final: a database that belongs to another key or folder must not get it.
    async check(trx, isNew) {
      if (!isNew) await createSecretRepository({ db: trx, sealing }).verifySealingKey()
      await expectStoreId({ db: trx, kind: config.kind }, dataFolder, !isNew)
    },
    onReport: faults.note,
    timed,
  })
  try {
    const { db, registered } = database
    const secrets = createSecretRepository({ db, sealing })
    await secrets.verifySealingKey()
    await checkStoreId(database, dataFolder)
    const macs = createRowMacs(await secrets.getOrCreate(rowKeyName, () => random(32)))
    const auditKey = await secrets.getOrCreate('audit', () => random(32))
    const standing = createAllowLog(auditKey)
    const actors = createActors()
    const reading = readingOnly(registered)
    const journal = createJournal({ db, auditKey, actor: () => actors.current(), clock })
    const blobFolder = path.join(dataFolder, 'blobs')
    const { blobs, sharing } = await openBlobs(database, blobFolder, blobCache ?? defaultBlobCache)
    return {
      database,
      /** How often the database failed to answer within the last hour. */
      recentFaults: faults.count,
      /** From now on the observer learns how long the database takes. */
      onDatabaseTime: timed.follow,
      /** When `assay backup` last copied the folder (milliseconds since 1970); a server has its own backups. */
      lastBackup: postgres === undefined ? () => readLastBackup(dataFolder) : undefined,
      blobFolder,
      uploadFolder: path.join(dataFolder, 'uploads'),
      blobs,
      sharing,
      /** Rejects while a required segment is missing. */
      checkBlobs: createBlobCheck(registered, blobs),
      secrets,
      ...auditedStores({ db, sealing, macs, standing, journal }),
      isInDoubt: journal.isInDoubt,
      /** Adds an entry to the audit log that changes nothing. */
      record: (action: string, object: string, after: unknown) =>
        journal.act<void>(action, object, async () => [undefined, { after }]),
      /** What happens to the audit log besides the acts that it records. */
      auditLog: { examine: journal.examine, follow: journal.follow, seen: journal.seen },
      audit: createAuditRepository({ db, auditKey, macs, journal }),
      actors,
      installations: createInstallationRepository(database, createEvidencePacking(db, packingWords)),
      references: createReferenceRepository({ db }),
      traces: createTraceRepository({ db }),
      activity: createActivityRepository({ db }),
      fleet: createFleetRepository({ db }),
      userCounts: createUserCountRepository(database),
      provedRefusals: createProvedRefusalRepository({ db }),
      claimSamples: createSampleRepository({ db }),
      sessions: createSessionRepository({ db, macs }),
      vendorLists: createVendorListRepository({ db, macs }),
      status: createStatusRepository({ db }),
      clockCheck: createClockCheckRepository({ db }),
      nodes: createNodeRepository({ db: database.watching, kind: database.kind }),
      /** The registrations, over separate connections. What writes them is audited. */
      registered: {
        apps: createAppRepository({ db: reading }),
        apis: createApiRepository({ db: reading }),
        builds: createBuildRepository({ db: reading }),
        bans: {
          ...createBanRepository({ db: reading }),
          // Needed for each attestation of an app with bans: two connections would not be enough.
          hasAny: createBanRepository({ db }).hasAny,
        },
        allowEntries: createAllowRepository({ db: reading, macs, standing }),
        policies: createPolicyRepository({ db: reading }),
        bootKeys: createBootKeyRepository({ db: reading }),
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
