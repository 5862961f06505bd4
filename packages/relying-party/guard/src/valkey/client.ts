import { functionOf, misuse } from '../options/misuse.ts'
import { functionLibrary } from './functions.ts'

/**
 * A connected client, such as one of `iovalkey` or `ioredis`: anything that sends one command and resolves with the
 * answer. Configure it to fail at once without a connection (`enableOfflineQueue: false`).
 */
export interface ValkeyClient {
  call(command: string, ...args: (string | number)[]): Promise<unknown>
}

/** One atomic call of a function. Rejects if the server does not answer. */
export type CallFunction = (
  name: string,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkClient(client: ValkeyClient): ValkeyClient {
  if (typeof client !== 'object' || client === null) throw misuse('client', 'a client of Valkey')
  functionOf('client.call', client.call)
  return client
}

/** Calls functions; if the server lacks them, because it is new, they are loaded first. */
export function functionsOf(client: ValkeyClient): CallFunction {
  const load = async () => {
    try {
      await client.call('FUNCTION', 'LOAD', functionLibrary)
    } catch (error) {
      if (!says(error, 'already exists')) throw error
    }
  }
  return async (name, keys, args) => {
    const call = () => client.call('FCALL', name, keys.length, ...keys, ...args)
    try {
      return await call()
    } catch (error) {
      if (!says(error, 'Function not found')) throw error
      await load()
      return call()
    }
  }
}

function says(error: unknown, text: string): boolean {
  return error instanceof Error && error.message.includes(text)
}
