import type { Redis, RedisOptions } from 'iovalkey'
import { createTimed, type Timed } from '../../system/timed.ts'
import { StorageError, StoreNotAnswering } from '../errors/storage-error.ts'
import { functionLibrary } from './functions.ts'
import { createGathering } from './gathering.ts'

export type ValkeyFunction =
  'assay_1_generation' | 'assay_1_claim' | 'assay_1_release' | 'assay_live_1_exchange'

/** A server of short-lived state that the nodes of a service share. */
export interface Valkey {
  /**
   * One atomic call.
   *
   * @throws StoreNotAnswering for any failure: no error of the server is the client's fault
   */
  call(name: ValkeyFunction, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  /** Called each time that the connection is made anew. */
  onConnect(listener: () => void): void
  /** From now on the observer learns how long each call takes. */
  onTime: Timed<'call'>['follow']
  /** Breaks the connection, which is then made anew: a cut link does not report that it is cut. */
  reconnect(): void
  close(): void
}

/** Milliseconds. In total nothing waits longer than five seconds. */
const timeouts = { connect: 1_500, command: 1_500, start: 5_000 }

/** For each query; a command has 1.5 s. */
const attemptsAtStart = 3

const options: RedisOptions = {
  lazyConnect: true,
  connectTimeout: timeouts.connect,
  commandTimeout: timeouts.command,
  // Without a connection a request fails at once, and nothing is silently sent twice.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  keepAlive: 10_000,
  connectionName: 'assay',
  retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, 500),
}

/**
 * Connects to the server, and checks that it does not forget anything on its own.
 *
 * @param url `valkey:` or `valkeys:` (TLS), or the same as `redis:` and `rediss:`
 * @throws StorageError `STORAGE_VALKEY_UNAVAILABLE`, `STORAGE_VALKEY_UNSUITABLE`
 */
export async function openValkey(url: string): Promise<Valkey> {
  // Only a node that is configured to use it loads the library, which takes memory.
  const { Redis } = await import('iovalkey')
  const client = new Redis(url.replace(/^valkey/, 'redis'), options)
  // A break shows at the next call; an unhandled event would end the process.
  client.on('error', () => undefined)
  try {
    await connected(client)
    await answeredAtStart(async () => {
      await load(client)
      checkSuitable(await client.info())
    })
  } catch (error) {
    client.disconnect()
    if (error instanceof StorageError) throw error
    throw new StorageError('STORAGE_VALKEY_UNAVAILABLE', undefined, { cause: withoutArguments(error) })
  }
  const gather = createGathering(() => client.stream)
  const call: Valkey['call'] = async (name, keys, args) => {
    gather()
    try {
      return await client.fcall(name, keys.length, ...keys, ...args)
    } catch (error) {
      if (!isFunctionMissing(error)) throw notAnswering(error)
    }
    // Another server that knows nothing yet has taken its place.
    try {
      await load(client)
      return await client.fcall(name, keys.length, ...keys, ...args)
    } catch (error) {
      throw notAnswering(error)
    }
  }
  const timed = createTimed<'call'>()
  return {
    call: (...asked) => timed.time('call', () => call(...asked)),
    onTime: timed.follow,
    onConnect: (listener) => void client.on('ready', listener),
    reconnect: () => client.disconnect(true),
    close: () => client.disconnect(),
  }
}

/** Tries again if the server, or this process, is slow for a moment: a node that does not start serves nobody. */
export async function answeredAtStart(ask: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      const isFinal = error instanceof StorageError && !(error instanceof StoreNotAnswering)
      if (isFinal || attempt === attemptsAtStart) throw error
    }
  }
}

/** A server that has just started refuses for a moment: this keeps trying for a few seconds. */
async function connected(client: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no connection in time')), timeouts.start)
  })
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('end', () => reject(new Error('the connection was refused')))
  })
  client.connect().catch(() => undefined)
  try {
    await Promise.race([ready, late])
  } finally {
    clearTimeout(timer)
  }
}

async function load(client: Redis): Promise<void> {
  try {
    await client.call('FUNCTION', 'LOAD', functionLibrary)
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('already exists'))) throw error
  }
}

function isFunctionMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('ERR Function not found')
}

/** @param info what `INFO` answers @throws StorageError `STORAGE_VALKEY_UNSUITABLE` */
export function checkSuitable(info: string): void {
  const fields = new Map(
    info.split('\r\n').map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
  const must = (holds: boolean, message: string) => {
    if (!holds) throw new StorageError('STORAGE_VALKEY_UNSUITABLE', message)
  }
  const version = Number.parseInt(fields.get('redis_version') ?? '', 10)
  must(version >= 7, 'Valkey is older than 7.2, or is not Valkey')
  must(fields.get('role') === 'master', 'Valkey is a replica, which takes no writes')
  must(
    fields.get('maxmemory_policy') === 'noeviction',
    'Valkey may evict what must not be forgotten: its maxmemory-policy must be noeviction',
  )
  // The field exists only with `min-replicas-to-write`.
  const good = fields.get('min_slaves_good_slaves')
  must(
    good === undefined || fields.get('connected_slaves') !== '0',
    'Valkey takes writes only with replicas (min-replicas-to-write), and has none',
  )
}

function notAnswering(error: unknown): StoreNotAnswering {
  return new StoreNotAnswering('STORAGE_VALKEY_NOT_ANSWERING', Math.random(), withoutArguments(error))
}

/**
 * The library's errors contain the whole command, and so bindings and passwords: only the server's own message goes
 * further.
 */
function withoutArguments(error: unknown): Error {
  const message = error instanceof Error ? error.message : 'unknown'
  const kept = new Error(message.slice(0, 200))
  kept.name = error instanceof Error ? error.name : 'Error'
  return kept
}
