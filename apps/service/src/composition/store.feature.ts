import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'
import type { ServiceLog } from './service-log.ts'

/** The store: it outlasts every other feature. */
export function composeStore(storage: Storage, log: Pick<ServiceLog, 'info'>): Feature<Storage> {
  const { blobs, database } = storage
  for (const step of database.newSteps) log.info({ step }, 'the schema was upgraded')
  return {
    handlers: storage,
    async close() {
      blobs.close()
      await database.close()
    },
  }
}
