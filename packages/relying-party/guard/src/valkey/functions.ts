import { functionOf, misuse } from '../faults/misuse.ts'

/**
 * What guards ask of Valkey, each as one atomic call whose keys share a slot. Guards of several versions may share one
 * server: a change needs another number in every name.
 *
 * The server remembers **since** a time. That time starts anew with every start and every promotion (`master_replid`
 * then changes), because the latest additions may be lost, and whenever the server's clock was set back. Only durations
 * are compared, so clocks need not agree.
 */
export const functionLibrary = `#!lua name=assay_guard_1

local function identity()
  return string.match(server.call('INFO', 'replication'), 'master_replid:(%x+)')
end

local function milliseconds()
  local time = server.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- Since when the server remembers, and the key of nonces that began then.
local function memory(key, now, fresh)
  local held = server.call('HMGET', key, 'identity', 'since', 'seen', 'key')
  if held[1] == identity() and now + 5000 >= tonumber(held[3]) then
    if now >= tonumber(held[3]) + 1000 then server.call('HSET', key, 'seen', text(now)) end
    return tonumber(held[2]), held[4]
  end
  server.call('HSET', key, 'identity', identity(), 'since', text(now), 'seen', text(now), 'key', fresh)
  return now, fresh
end

-- keys: memory, proof, count of the holder. args: how long ago (ms) the proof could first have passed, for how long (ms) it
-- is to be remembered, how many the holder may add in a minute
server.register_function('assay_guard_1_add', function(keys, args)
  local now = milliseconds()
  local since = memory(keys[1], now, '')
  if tonumber(args[1]) > now - since then return 'forgotten' end
  if server.call('EXISTS', keys[2]) == 1 then return 'known' end
  local count = tonumber(server.call('GET', keys[3]) or 0)
  if count >= tonumber(args[3]) then return 'share_spent' end
  server.call('SET', keys[2], '', 'PX', args[2])
  server.call('INCR', keys[3])
  if count == 0 then server.call('PEXPIRE', keys[3], 60000) end
  return 'new'
end)

-- keys: memory. args: a key of nonces for a memory that begins now -> the key of the memory
server.register_function('assay_guard_1_memory', function(keys, args)
  local _, key = memory(keys[1], milliseconds(), args[1])
  return key
end)
`

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

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function checkPrefix(prefix = 'assay-guard'): string {
  if (!/^[A-Za-z0-9._:-]{1,64}$/.test(prefix))
    throw misuse('prefix', '1 to 64 letters, digits, ".", "_", ":" and "-"')
  return prefix
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
