import { createHash, randomBytes } from 'node:crypto'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { createAssayClient } from '../client/assay-client.ts'
import { givenOptions, type AssayClientOptions } from '../options/options.ts'
import type { AssayClient } from '../client/client.ts'
import type { Clock, Timers } from '../runtime/ports.ts'
import { nodeKeyStore } from './key-store.ts'
import { nodeProbes } from './probes.ts'

/** The parts that Node provides. */
type Platform = 'crypto' | 'keyStore' | 'fetch' | 'clock' | 'random' | 'timers'

export interface NodeClientOptions
  extends Omit<AssayClientOptions, Platform>, Partial<Pick<AssayClientOptions, Platform>> {
  /**
   * Where the installation key is stored between runs. Without it, or a `keyStore`, each process is a new
   * installation.
   */
  keyFile?: string
  /** Whether each audience gets its own key, so that APIs that compare tokens cannot recognise a device by its key. */
  keyPerAudience?: boolean
}

export const nodeClock: Clock = { monotonic: () => performance.now(), wall: () => new Date().getTime() }

/** Timers; those of background work do not keep the process alive. */
export const nodeTimers: Timers = {
  set(callback, milliseconds, background) {
    const timer = setTimeout(callback, milliseconds)
    return background === undefined ? timer : timer.unref()
  },
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
}

/**
 * A client with Node's own parts; each can be replaced.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is missing or wrong
 */
export function createNodeClient(options: NodeClientOptions): AssayClient {
  const { keyFile, keyPerAudience = false, ...rest } = givenOptions(options)
  return createAssayClient({
    crypto: nodeCrypto,
    ...(keyPerAudience
      ? { keyPerAudience: (audience: string) => nodeKeyStore(fileFor(keyFile, audience)) }
      : { keyStore: nodeKeyStore(keyFile === undefined ? {} : { file: keyFile }) }),
    fetch: (input, init) => globalThis.fetch(input, init),
    clock: nodeClock,
    random: (length) => randomBytes(length),
    timers: nodeTimers,
    probes: nodeProbes(),
    ...rest,
  })
}

/** Side by side: the name does not reveal the audience to anybody who does not know it. */
function fileFor(keyFile: string | undefined, audience: string): { file?: string } {
  if (keyFile === undefined) return {}
  const name = createHash('sha256').update(audience).digest('hex').slice(0, 16)
  return { file: `${keyFile}.${name}` }
}
