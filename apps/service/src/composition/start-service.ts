import type { CreatedApiKey } from '@assay/protocol/schemas'
import type { FastifyInstance } from 'fastify'
import { createApiKeyUseCases, type ApiKeyUseCases } from '../provisioning/api-keys.usecases.ts'
import { createService, type Service } from './create-service.ts'
import type { StartCounting } from './counting.ts'
import { packingWords } from './packing-words.ts'
import type { Moved } from '../storage/moving/migrate-store.ts'
import { StorageError } from '../storage/errors/storage-error.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { openSharedState, type SharedState } from '../storage/valkey/shared-state.ts'
import { createPooledRandom } from '../system/random.ts'
import { addressOf } from '../http/server.ts'
import { ServiceError } from '../config/service-error.ts'
import {
  checkConfig,
  checkStorageConfig,
  type CheckedConfig,
  type ServiceConfig,
  type StorageConfig,
} from '../config/service.config.ts'
import { checkGoogleCredentials } from '../config/vendors.config.ts'

export interface RunningService {
  /** Where it listens, as a URL without path. */
  readonly url: string
  /** Where the routes of operators are, likewise; undefined: at `url`. */
  readonly adminUrl: string | undefined
  /** Where the console listens, as a URL without path; undefined: there is none. */
  readonly consoleUrl: string | undefined
  /** Where `/metrics` listens, likewise. */
  readonly metricsUrl: string | undefined
  /** Stops accepting, lets requests under way finish, writes what is pending, and closes the store. */
  close(): Promise<void>
}

/**
 * Makes data folder, schema and first admin key.
 *
 * @returns the key, whose secret is never available again; `undefined` if there is an admin key already
 * @throws ServiceError, StorageError
 */
export function initialise(config: StorageConfig): Promise<CreatedApiKey | undefined> {
  return withApiKeys(config, (apiKeys) => apiKeys.addFirstAdmin())
}

/**
 * Makes another admin key, for someone who has lost theirs but holds the data folder or the database, and the sealing
 * key.
 *
 * @returns the key, whose secret is never available again
 * @throws ServiceError (`SERVICE_NO_ADMIN_KEY` if there never was one), StorageError
 */
export function addAdminKey(config: StorageConfig): Promise<CreatedApiKey> {
  return withApiKeys(config, async (apiKeys) => {
    if (!(await apiKeys.hasAdmin())) throw noAdminKey()
    return apiKeys.addAdmin('admin key after a loss')
  })
}

/**
 * Moves an embedded installation to the PostgreSQL database that `postgres` names: rows, sealed secrets, blobs, store id. The
 * service must be stopped; guards go on with the keys that they have.
 *
 * @throws ServiceError, StorageError; nothing has been moved then
 */
export async function migrateStore(config: StorageConfig): Promise<Moved> {
  const { dataFolder, sealingKey } = checkStorageConfig(config)
  if (config.postgres === undefined)
    throw new ServiceError('SERVICE_POSTGRES', 'no database to move to is given')
  const moving = await import('../storage/moving/migrate-store.ts')
  return moving.migrateStore({ dataFolder, sealingKey, postgres: config.postgres })
}

async function withApiKeys<T>(
  config: StorageConfig,
  work: (apiKeys: ApiKeyUseCases) => Promise<T>,
): Promise<T> {
  const checked = checkStorageConfig(config)
  const { clock, random } = checked
  // Beside nodes of a cluster, but not beside a process that has the database to itself.
  const share = { isShared: true, onTaken: () => undefined }
  const storage = await openStorage({ ...checked, postgres: config.postgres, packingWords, share })
  try {
    return await work(createApiKeyUseCases({ apiKeys: storage.apiKeys, clock, random }))
  } finally {
    storage.blobs.close()
    await storage.database.close()
  }
}

function noAdminKey(): ServiceError {
  return new ServiceError('SERVICE_NO_ADMIN_KEY')
}

/**
 * Starts the attestation service.
 *
 * @param counting observers that learn how each exchange ended; default: roll-ups, and Prometheus if enabled
 * @throws ServiceError, StorageError: it refuses to start unless the configuration is complete and valid
 */
export async function startService(config: ServiceConfig, counting?: StartCounting): Promise<RunningService> {
  const checked = checkConfig(config)
  await checkGoogleCredentials(checked.vendors.googleCredentials)
  // Without shared state, a second node would refuse challenges of the first, and accept again what the first has
  // accepted.
  const taken = new AbortController()
  const share = { isShared: checked.valkey !== undefined, onTaken: () => taken.abort() }
  const storage = await openStorage({ ...checked, packingWords, share })
  let shared: SharedState | undefined
  let service: Service | undefined
  try {
    const apiKeys = createApiKeyUseCases({
      apiKeys: storage.apiKeys,
      clock: checked.clock,
      random: checked.random,
    })
    if (checked.firstAdminKey !== undefined) await apiKeys.addFirstAdmin(checked.firstAdminKey)
    if (!(await apiKeys.hasAdmin())) throw noAdminKey()
    shared = await openShared(checked, storage)
    const made = await createService(checked, storage, { hasPeers: shared !== undefined, shared, counting })
    service = made
    // A change of the schema may take long enough to lose the database.
    if (taken.signal.aborted) throw new StorageError('STORAGE_LOCKED')
    taken.signal.addEventListener('abort', () => void made.giveWay())
    const url = await listen(made.app, checked)
    const adminUrl =
      made.admin === undefined || checked.admin === undefined
        ? undefined
        : await listen(made.admin, checked.admin)
    const consoleUrl =
      made.console === undefined || checked.console === undefined
        ? undefined
        : await listen(made.console, checked.console)
    const metricsUrl =
      made.metrics === undefined || checked.metrics === undefined
        ? undefined
        : await listen(made.metrics, checked.metrics)
    made.begin()
    return { url, adminUrl, consoleUrl, metricsUrl, close: made.close }
  } catch (error) {
    if (service === undefined) {
      shared?.close()
      storage.blobs.close()
      await storage.database.close()
    } else {
      // A listener that has started would go on answering, and keep the process alive.
      await service.close()
    }
    throw error
  }
}

/** What the node shares with others, if configured. */
async function openShared(
  { valkey, random, steady }: CheckedConfig,
  { secrets }: Pick<Storage, 'secrets'>,
): Promise<SharedState | undefined> {
  if (valkey === undefined) return undefined
  const secret = await secrets.getOrCreate('challenge', () => random(32))
  return openSharedState({ url: valkey, secret, random, nonces: createPooledRandom(random), steady })
}

/**
 * Connections that the system queues until they are accepted, one per turn of the event loop: as many as Linux allows.
 */
const backlog = 4_096

/** Starts to listen. @returns the address, as a URL without path. @throws ServiceError `SERVICE_ADDRESS` */
async function listen(
  app: FastifyInstance,
  { host, port }: Pick<CheckedConfig, 'host' | 'port'>,
): Promise<string> {
  try {
    await app.listen({ host, port, backlog })
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    const reason = typeof code === 'string' ? ` (${code})` : ''
    const address = host.includes(':') ? `[${host}]` : host
    throw new ServiceError('SERVICE_ADDRESS', `cannot listen on ${address}:${port}${reason}`, { cause })
  }
  return addressOf(app)
}
