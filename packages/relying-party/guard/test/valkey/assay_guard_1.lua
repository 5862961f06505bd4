#!lua name=assay_guard_1

-- The first version of what guards ask of Valkey, as far as it concerns proofs: guards that have it may share a server with ours.

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

-- age: how long ago (ms) the proof could first have passed; kept: for how long (ms) it is to be remembered; share: how many
-- the holder may add in a minute
local function use_proof(now, memory_key, proof_key, count_key, age, kept, share)
  local since = memory(memory_key, now, '')
  if tonumber(age) > now - since then return 'forgotten' end
  if server.call('EXISTS', proof_key) == 1 then return 'known' end
  local count = tonumber(server.call('GET', count_key) or 0)
  if count >= tonumber(share) then return 'share_spent' end
  server.call('SET', proof_key, '', 'PX', kept)
  server.call('INCR', count_key)
  if count == 0 then server.call('PEXPIRE', count_key, 60000) end
  return 'new'
end

-- keys: memory, proof, count of the holder. args: age, kept, share
server.register_function('assay_guard_1_add', function(keys, args)
  return use_proof(milliseconds(), keys[1], keys[2], keys[3], args[1], args[2], args[3])
end)

-- keys: memory. args: a key of nonces for a memory that begins now -> the key of the memory
server.register_function('assay_guard_1_memory', function(keys, args)
  local _, key = memory(keys[1], milliseconds(), args[1])
  return key
end)
