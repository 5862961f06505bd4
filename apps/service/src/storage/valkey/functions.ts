/** Milliseconds by which two clocks may differ before one refuses what bears the time of the other. */
const clockTolerance = 5_000
/** Milliseconds that a use outlives its challenge. */
const margin = 60_000

/**
 * What nodes ask of Valkey, each as one atomic call whose keys share a slot. Nodes of several versions may share one
 * server: a change needs another number in every name, and the library of the other version stays. Here a use is called a
 * claim.
 *
 * A **generation** names a time during which the server has forgotten nothing. It is stored next to the identity of the
 * server's data (`master_replid`, which changes with every start and every promotion): if that differs, uses may have
 * been lost, and challenges issued before no longer count. The same applies if the server's clock was set back.
 */
export const functionLibrary = `#!lua name=assay_1

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

local function holds(generation, now)
  return generation[1] and generation[3] == identity() and now + ${clockTolerance} >= tonumber(generation[4])
end

local function read(key)
  return server.call('HMGET', key, 'id', 'number', 'identity', 'seen')
end

-- keys: generation. args: the id and the number of one to take where none holds.
-- -> its id, its number, milliseconds since 1970
server.register_function('assay_1_generation', function(keys, args)
  local generation = read(keys[1])
  local now = milliseconds()
  if not holds(generation, now) then
    local number = generation[2] and (generation[2] + 1) % 256 or tonumber(args[2])
    server.call('HSET', keys[1], 'id', args[1], 'number', text(number), 'identity', identity(), 'seen', text(now))
    return {args[1], number, now}
  end
  if now >= tonumber(generation[4]) + 1000 then server.call('HSET', keys[1], 'seen', text(now)) end
  return {generation[1], tonumber(generation[2]), now}
end)

-- keys: generation, claim. args: id of the generation, binding, issue and expiry of the challenge (milliseconds since 1970).
-- -> the state; for first and repeat the time of the first use
server.register_function('assay_1_claim', function(keys, args)
  local generation = read(keys[1])
  local now = milliseconds()
  if generation[1] ~= args[1] or not holds(generation, now) then return {'outdated'} end
  if tonumber(args[3]) > now + ${clockTolerance} then return {'outdated'} end
  local expires = tonumber(args[4])
  if expires <= now then return {'expired'} end
  local known = server.call('GET', keys[2])
  if known then
    local at, binding = string.match(known, '^(%d+):(.*)$')
    if binding ~= args[2] then return {'used'} end
    return {'repeat', tonumber(at)}
  end
  server.call('SET', keys[2], text(now) .. ':' .. args[2], 'PXAT', text(expires + ${margin}))
  return {'first', now}
end)

-- keys: claim. args: binding. Free again, where that binding claimed it.
server.register_function('assay_1_release', function(keys, args)
  local known = server.call('GET', keys[1])
  if known and string.match(known, '^%d+:(.*)$') == args[1] then server.call('DEL', keys[1]) end
  return 'OK'
end)
`
