import { randomBytes } from 'node:crypto'
import type { NonceSource } from '@assay/guard'
import { createNodeCrypto, type NodeGuardOptions } from '@assay/guard/node'
import type { Redis, RedisOptions } from 'iovalkey'
import { cliError, usageError } from '../faults/cli-error.ts'

/** What the guards of one API share, and a function that ends the connection. */
export interface GuardValkey {
  stores: Pick<NodeGuardOptions, 'replayStore' | 'nonces'>
  close(): void
}

/** Milliseconds. */
const connectWithin = 5_000

const connection: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 1_500,
  commandTimeout: 1_500,
  // Without a connection a request fails at once, and nothing is silently sent twice.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  keepAlive: 10_000,
  connectionName: 'assay-guard',
  retryStrategy: (attempt) => Math.min(25 * 2 ** attempt, 500),
}

/**
 * Connects to the Valkey server in which the guards of an API remember proofs, and from which they take their nonces.
 *
 * @throws CliError as {@link connectValkey}
 */
export async function openGuardValkey(
  url: string,
  { audience, nonces }: { audience: string; nonces: boolean },
): Promise<GuardValkey> {
  const client = await connectValkey(url)
  const { createValkeyReplayStore } = await import('@assay/guard/valkey')
  return {
    stores: {
      replayStore: createValkeyReplayStore({ client }),
      ...(nonces ? { nonces: await sharedNonces(client, audience) } : {}),
    },
    close: () => client.disconnect(),
  }
}

/** Nonces that every process accepts which takes them from the same server. */
export async function sharedNonces(client: Redis, audience: string): Promise<NonceSource> {
  const { createValkeyNonces } = await import('@assay/guard/valkey')
  return createValkeyNonces({ client, audience, random: randomBytes, crypto: createNodeCrypto() })
}

/**
 * @param url `valkey:` or `valkeys:` (TLS), or the same as `redis:` and `rediss:`. No message contains it: it may hold
 * a password
 * @throws CliError if it does not answer, or may forget
 */
export async function connectValkey(url: string): Promise<Redis> {
  if (!URL.canParse(url) || !/^(valkey|redis)s?:$/.test(new URL(url).protocol))
    throw usageError('CLI_USAGE', '--valkey must be a valkey: or valkeys: URL')
  // Loaded only where it is used.
  const { Redis } = await import('iovalkey')
  const client = new Redis(url.replace(/^valkey/, 'redis'), connection)
  // The next request reveals the break, and is refused as a malfunction. Without a listener the event would end the
  // process.
  client.on('error', () => undefined)
  try {
    await connected(client)
    await checkForgetsNothing(client)
  } catch (error) {
    client.disconnect()
    throw error
  }
  return client
}

/** A server that has just started refuses for a moment: this keeps trying for a few seconds. */
async function connected(client: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const isReady = await new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), connectWithin)
    client.once('ready', () => resolve(true))
    client.once('end', () => resolve(false))
    client.connect().catch(() => undefined)
  })
  clearTimeout(timer)
  if (!isReady) throw unreachable()
}

/** If it may drop entries, a proof could pass twice. */
async function checkForgetsNothing(client: Redis): Promise<void> {
  const memory = await client.info('memory').catch(() => {
    throw unreachable()
  })
  if (!/^maxmemory_policy:noeviction\r?$/m.test(memory))
    throw usageError(
      'CLI_USAGE',
      'Valkey may evict proofs that must be remembered',
      'Run it with `maxmemory-policy noeviction`.',
    )
}

/** The library's error contains more than may be shown. */
function unreachable() {
  return cliError('CLI_VALKEY_UNREACHABLE', 'Valkey does not answer')
}
