#!lua name=assay_guard_1

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

-- What an account has used of a limit, in the window that now lies in or, if the clock was set back, a later one.
local function use_of(key, unit, seconds, now)
  local window = math.floor(now / 1000 / seconds)
  local held = server.call('HGET', key, unit .. text(seconds))
  if held then
    local at, used = string.match(held, '^(%d+) (%d+)$')
    if tonumber(at) >= window then return tonumber(at), tonumber(used) end
  end
  return window, 0
end

local function set_use(key, unit, seconds, window, used, now)
  server.call('HSET', key, unit .. text(seconds), text(window) .. ' ' .. text(used))
  -- A second longer than the window, and never shorter than for a longer window of the same account.
  local left = (window + 1) * seconds * 1000 - now + 1000
  if left > server.call('PTTL', key) then server.call('PEXPIRE', key, text(left)) end
end

-- The proof, if there is one, and then the request, if it exceeds no limit: one call for both.
-- keys: memory, proof, count of the holder, open streams, use of the day, accounts
-- args: '1' with a proof, age, kept, share; id of the stream or '', for how long (ms) it counts as open, most streams or -1,
-- reserved cost, member and amount in the use of the day; then for each limit: which account, unit (r, c), seconds, limit or -1
-- -> what became of the proof; or 'exceeded', limit (0: streams), seconds to wait, use of each limit; or 'ok', time, use
server.register_function('assay_guard_1_reserve', function(keys, args)
  local now = milliseconds()
  if args[1] == '1' then
    local proof = use_proof(now, keys[1], keys[2], keys[3], args[2], args[3], args[4])
    if proof ~= 'new' then return { proof } end
  end
  local cost, exceeded, wait = tonumber(args[8]), nil, -1
  if args[5] ~= '' then
    server.call('ZREMRANGEBYSCORE', keys[4], '-inf', text(now))
    local most = tonumber(args[7])
    if most >= 0 and server.call('ZCARD', keys[4]) >= most then exceeded = 0 end
  end
  local limits = {}
  for at = 11, #args, 4 do
    local limit = { key = keys[5 + tonumber(args[at])], unit = args[at + 1], seconds = tonumber(args[at + 2]) }
    limit.window, limit.used = use_of(limit.key, limit.unit, limit.seconds, now)
    limit.more = limit.unit == 'c' and cost or 1
    local most = tonumber(args[at + 3])
    if most >= 0 and limit.used + limit.more > most then
      local left = math.max(1, math.ceil((limit.window + 1) * limit.seconds - now / 1000))
      if left > wait then exceeded, wait = #limits + 1, left end
    end
    table.insert(limits, limit)
  end
  local answer = { 'ok', text(now) }
  if exceeded then answer = { 'exceeded', text(exceeded), text(wait) } end
  for _, limit in ipairs(limits) do
    if not exceeded then
      limit.used = limit.used + limit.more
      set_use(limit.key, limit.unit, limit.seconds, limit.window, limit.used, now)
    end
    table.insert(answer, text(limit.used))
  end
  if exceeded then return answer end
  if args[5] ~= '' then
    server.call('ZADD', keys[4], text(now + tonumber(args[6])), args[5])
    server.call('PEXPIRE', keys[4], args[6])
  end
  server.call('ZINCRBY', keys[5], args[10], args[9])
  server.call('EXPIRE', keys[5], 172800)
  return answer
end)

-- The end of a request: once for each stream, however often it is called.
-- keys: open streams, use of the day, accounts. args: id of the stream, time at which the cost was reserved, what the
-- reserved cost changes by, member in the use of the day; then for each limit of cost: which account, seconds
server.register_function('assay_guard_1_settle', function(keys, args)
  if server.call('ZREM', keys[1], args[1]) == 0 then return 'unknown' end
  local now, reserved, change = milliseconds(), tonumber(args[2]), tonumber(args[3])
  if change == 0 then return 'settled' end
  for at = 5, #args, 2 do
    local key, seconds = keys[2 + tonumber(args[at])], tonumber(args[at + 1])
    local window, used = use_of(key, 'c', seconds, now)
    -- What is given back is given back in its own window, if that is still the present one.
    if change > 0 or window == math.floor(reserved / 1000 / seconds) then
      set_use(key, 'c', seconds, window, math.max(0, used + change), now)
    end
  end
  if server.call('ZSCORE', keys[2], args[4]) then server.call('ZINCRBY', keys[2], args[3], args[4]) end
  return 'settled'
end)

-- keys: memory. args: a key of nonces for a memory that begins now -> the key of the memory
server.register_function('assay_guard_1_memory', function(keys, args)
  local _, key = memory(keys[1], milliseconds(), args[1])
  return key
end)
